import { describe, expect, it } from 'vitest';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { gateCandidates } from '../../../../shared/loop/decision/gate-candidates.ts';
import { gateFileSchema } from '../../../../shared/loop/state/gate-result.ts';
import { readJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

/** Four people in a text, of whom so many are answered; the last is a city. */
const people = (answered: number) =>
  entitiesOutput(
    Array.from({ length: answered }, (_, at) => ({
      label: at === 3 ? 'city' : 'person',
      start: 5 * at,
      end: 5 * at + 4,
    })),
  );
const task = extraction.specFrom({ labels: ['person', 'city', 'river'], outputs: [] });
const evidence = Array.from({ length: 120 }, (_, at) =>
  sampleEvidence(`e${String(at).padStart(3, '0')}`, {
    input: 'Anna Jane Mary Rome and more of them',
    expected: people(4),
    answer: people(1),
    right: false,
    folds: [at % 10],
  }),
);

/** How many of the four entities a candidate answers of each record. */
type Answered = (at: number) => number;

/** The gate of one candidate. */
async function gate(
  answered: Answered,
  preceding: readonly EvidenceRecord[] = [],
  given: readonly EvidenceRecord[] = evidence,
) {
  const { candidates } = await gateAll({ c1: answered }, preceding, given);
  const [gated] = candidates;
  if (gated === undefined) throw new Error('the gate wrote no candidate');
  return gated;
}

async function gateAll(
  made: Readonly<Record<string, Answered>>,
  preceding: readonly EvidenceRecord[] = [],
  given: readonly EvidenceRecord[] = evidence,
) {
  const ports = memoryPorts();
  await putPlan(ports, { model: sampleModel({ task }) });
  await writeJsonl(ports.objects, 'evidence', given);
  await writeJsonl(ports.objects, 'preceding', preceding);
  await writeJsonl(ports.objects, 'earlier', []);
  for (const [id, answered] of Object.entries(made)) {
    const answers = given.map(({ exampleId }, at) => ({
      exampleId,
      output: people(answered(at)),
      confidence: 0.8,
      right: answered(at) === 4,
    }));
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: id }));
    await writeJsonl(ports.objects, `answers-of-${id}`, answers);
  }
  const ref = (key: string) => ({ key, size: 0, right: 0 });
  const { gateKey, best } = await gateCandidates.run(
    {
      ...sampleHead,
      prepared: samplePrepared,
      split: {
        recordsKey: 'records',
        evidence: ref('evidence'),
        failures: 120,
        enoughEvidence: true,
        reason: null,
        people: 'p',
        keptOut: null,
      },
      lineage: {
        champion: 'first',
        parentDatasetId: '',
        parentExamples: 0,
        modes: ['complement'],
        preceding: ref('preceding'),
        earlier: ref('earlier'),
        correctedSets: 0,
      },
      candidates: Object.keys(made).map((id) => ({ candidateId: id, checkpointId: id, key: '' })),
      evaluated: Object.keys(made).map((id) => ({
        candidateId: id,
        answersKey: `answers-of-${id}`,
        size: 120,
        right: 0,
        fit: null,
      })),
    },
    stageContext(ports),
  );
  return { best, candidates: (await readJson(ports.objects, gateKey, gateFileSchema)).candidates };
}

describe('entities', () => {
  it('count by the share of each trace that is right, so that a candidate passes of which none is wholly right', async () => {
    const { verdict, request } = await gate((at) => (at < 60 ? 2 : 1));
    expect(verdict).toMatchObject({ outcome: 'passed', gained: 0, lost: 0, partly: { more: 60, less: 0 } });
    // One of four answered: 2 · 1 / 5; two of four: 2 · 2 / 6.
    expect(verdict.net).toBeCloseTo((2 / 3 - 2 / 5) / 2, 12);
    expect(request.score?.candidate).toBeGreaterThan(request.score?.champion ?? 1);
    expect(verdict.rules[0]?.detail).toContain(
      'More entities right in 60 of 120 independent records with entities, fewer',
    );
  });

  it('make a later candidate the best that is proven better in parts, though neither is wholly right anywhere', async () => {
    expect((await gateAll({ c1: () => 2, c2: () => 3 })).best.candidateId).toBe('c2');
    expect((await gateAll({ c1: () => 2, c2: (at) => (at < 2 ? 3 : 2) })).best.candidateId).toBe('c1');
  });

  it('are pairs where all are right of both', async () => {
    const whole = evidence.map((record, at) => (at < 60 ? record : { ...record, answer: people(4), right: true }));
    const { verdict } = await gate((at) => (at < 60 ? 2 : 4), [], whole);
    expect(verdict).toMatchObject({ groups: 120, gained: 0, lost: 0, partly: { more: 60, less: 0 } });
  });

  it('leave traces out of the pairs that have none, and where none is answered', async () => {
    const none = entitiesOutput([]);
    const silent = Array.from({ length: 200 }, (_, at) =>
      sampleEvidence(`s${at}`, { expected: none, answer: none, folds: [at % 10] }),
    );
    const quiet = await gate((at) => (at < 60 ? 2 : at < 120 ? 1 : 0), [], [...evidence, ...silent]);
    expect(quiet.verdict).toMatchObject({ groups: 120, partly: { more: 60, less: 0 } });
    const alarmed = await gate((at) => (at < 60 ? 2 : 1), [], [...evidence, ...silent]);
    expect(alarmed.verdict).toMatchObject({ groups: 320, lost: 200, partly: { more: 60, less: 200 } });
    // Passed by a judge, though the champion answers one where there is none.
    const passed = silent.map((record) => ({ ...record, answer: people(1) }));
    const told = await gate((at) => (at < 60 ? 2 : at < 120 ? 1 : 0), [], [...evidence, ...passed]);
    expect(told.verdict).toMatchObject({ groups: 320, lost: 0, partly: { more: 60, less: 0 } });
  });

  it('guard each type by itself: what is lost of one is seen where a trace was never wholly right', async () => {
    const withCity = entitiesOutput([{ label: 'city', start: 15, end: 19 }]);
    const given = evidence.map((record) => ({ ...record, answer: withCity }));
    // Two people more of each trace, and no city any more.
    const { verdict } = await gate(() => 3, [], given);
    expect(verdict.outcome).toBe('rejected');
    expect(verdict.fallen).toMatchObject([{ facet: 'city', records: 120, gained: 0, lost: 120, proven: true }]);
  });

  it('are held to what was frozen of them, and what was frozen without is held to whole answers', async () => {
    const frozen = evidence.slice(0, 100).map((record) => ({ ...record, answer: null }));
    const withCredit = await gate(
      () => 2,
      frozen.map((record) => ({ ...record, credit: 0.7 })),
    );
    expect(withCredit.request.memory[0]?.change).toBeCloseTo(100 * (2 / 3 - 0.7), 9);
    expect(withCredit.verdict.outcome).toBe('rejected');
    const without = await gate(() => 2, frozen);
    expect(without.request.memory[0]).toMatchObject({ change: 0, lost: [], gained: [] });
    expect(without.verdict.outcome).toBe('passed');
    const right = frozen.map((record) => ({ ...record, right: true }));
    expect((await gate(() => 4, right)).request.memory[0]).toMatchObject({ change: 0, right: 100 });
    expect((await gate(() => 2, right)).request.memory[0]).toMatchObject({ change: -100, right: 100 });
  });

  it('of an answer that was judged wrong and looks right count as none, as whole answers do', async () => {
    const doubted = evidence.map((record) => ({ ...record, answer: people(4) }));
    const { verdict } = await gate(() => 4, [], doubted);
    expect(verdict).toMatchObject({ gained: 120, partly: { more: 120, less: 0 }, net: 1 });
    const none = doubted.map((record) => ({ ...record, expected: people(0), answer: people(0) }));
    expect((await gate(() => 0, [], none)).verdict).toMatchObject({ groups: 120, gained: 120, net: 1 });
  });
});
