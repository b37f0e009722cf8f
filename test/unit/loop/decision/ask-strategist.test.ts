import { describe, expect, it } from 'vitest';
import { createStatisticalAnalyst } from '../../../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { describeMove } from '../../../../shared/domain/policy/moves.ts';
import type { Move, PolicyDecision } from '../../../../shared/domain/policy/policy.ts';
import { askStrategist } from '../../../../shared/loop/decision/ask-strategist.ts';
import { keepNotes, readNotesUpTo } from '../../../../shared/loop/engine/run-notes.ts';
import { stageKey, Unfinished } from '../../../../shared/loop/engine/stage.ts';
import type { Candidate } from '../../../../shared/loop/state/candidate.ts';
import type { History, IterationRecord } from '../../../../shared/loop/state/iteration.ts';
import type { Advice, AdviceRequest, Analyst, Note } from '../../../../shared/ports/analyst.ts';
import { writeJsonl } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import { taskKinds } from '../../../../shared/tasks/task-kinds.ts';
import { gated } from '../../../helpers/gated-candidate.ts';
import { sampleDataset, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const hard: Move = { kind: 'rework-data', name: 'more-hard-negatives' };
const boundary: Move = { kind: 'rework-data', name: 'more-boundary-gold' };
const rework: readonly Move[] = [hard, boundary, { kind: 'rework-data', name: 'all-judged-right' }];
const policy: PolicyDecision = {
  next: 'rework-data',
  move: hard,
  rollback: false,
  detail: 'The score calls for data.',
};
const advised: Advice = { move: boundary.name, why: 'Few passes are close.', notes: ['Mind the refunds.'] };
const earlier: readonly Note[] = [{ iteration: 1, by: 'run', text: 'The first one.' }];

const candidateOf = (candidateId: string, datasetId: string): Candidate => ({
  ...{ candidateId, iteration: 2, checkpointId: candidateId, datasetId, datasetKey: `${datasetId}.jsonl` },
  ...{ mode: 'extend', configuration: {}, artifactKey: 'artifact.bin', folds: { parts: 10, models: [] } },
});

interface Given {
  readonly policy?: PolicyDecision;
  readonly allowed?: readonly Move[];
  readonly advice?: Advice;
  /** The part of the analyst that gives advice; by default it says {@link Given.advice} at once. */
  readonly says?: Analyst['advice'] | null;
  /** What was kept of this iteration before the stage was killed. */
  readonly own?: readonly Note[];
  readonly before?: History | null;
  readonly remaining?: readonly string[];
}

/** What comes of asking in the second iteration, and what was asked. */
async function ask(given: Given = {}) {
  const plain = memoryPorts();
  const requests: AdviceRequest[] = [];
  const atOnce = doneAtOnce(async (request: AdviceRequest) => {
    requests.push(request);
    return given.advice ?? advised;
  });
  const says = given.says === undefined ? atOnce : given.says;
  const silent = createStatisticalAnalyst({ tasks: taskKinds });
  const analyst: Analyst = { ...silent, name: 'made-up', ...(says && { advice: says }) };
  const ports = { ...plain, analysts: new Map([[analyst.name, analyst]]) };
  const plan = await putPlan(ports, { model: sampleModel({ analyst: analyst.name }) });
  await ports.lineage.putDataset(
    sampleDataset({
      manifest: {
        ...sampleDataset().manifest,
        bands: [{ slice: 'gold', examples: 2, weight: 1, share: 1, lower: 0, upper: 1, met: true, reason: '' }],
        controls: [
          { name: 'margin', measured: '0.1', wanted: '0.2', met: false },
          { name: 'length', measured: '12', wanted: '12', met: true },
        ],
      },
    }),
  );
  await writeJsonl(ports.objects, 'records', [
    sampleRecord('kept'),
    sampleRecord('of-the-report', { use: 'report' }),
    sampleRecord('poisoned', { triage: { category: 'poison', kind: 'flood', reason: 'flood' } }),
  ]);
  const keyIn = (iteration: number) => (file: string) => stageKey('decide-next', { ...sampleHead, iteration }, file);
  await keepNotes(earlier, keyIn(1), ports.objects);
  if (given.own !== undefined) await keepNotes(given.own, keyIn(2), ports.objects);
  const { settings } = plan.model;
  const { remaining = ['p'] } = given;
  const answer = await askStrategist(
    {
      head: { ...sampleHead, iteration: 2 },
      step: { number: 2, kind: 'tune', move: 'configurations-x', historyKey: null },
      recordsKey: 'records',
      plan,
      policy: given.policy ?? policy,
      allowed: given.allowed ?? rework,
      before: given.before ?? null,
      gated: [
        gated('c1', { gained: 1, lost: 9, score: 0.61, remaining }, settings),
        gated('c2', { gained: 2, lost: 9, score: 0.62, remaining: [] }, settings),
      ],
      trained: [candidateOf('c1', 'd1'), candidateOf('c2', 'd1'), candidateOf('c3', 'd2')],
      taxonomy: { clusters: [], confusions: [], unclustered: 4, causes: {} },
    },
    stageContext(ports, keyIn(2)),
  );
  return { answer, request: requests[0], notes: await readNotesUpTo(2, sampleHead, ports.objects) };
}

describe('a strategist', () => {
  it('is not asked where the policy promotes, stops or allows one move, nor where the analyst has no say', async () => {
    const promote: PolicyDecision = { next: 'promote', detail: '' };
    const stop: PolicyDecision = { next: 'stop', reason: 'plateau', rollback: false, detail: '' };
    for (const given of [{ policy: promote }, { policy: stop }, { allowed: [hard] }, { says: null }]) {
      const { answer, request, notes } = await ask(given);
      expect([answer, request, notes]).toEqual([given.policy ?? policy, undefined, earlier]);
    }
  });

  it('is told what each move changes, and with which configurations', async () => {
    const { request } = await ask();
    expect(request?.moves).toEqual(rework.map((move) => ({ name: move.name, changes: describeMove(move) })));
    expect(request).toMatchObject({ iteration: 2, policy: policy.detail, taxonomy: { unclustered: 4 } });
    const tune = (name: string, count: number): Move => ({
      ...{ kind: 'tune', name: `configurations-${name}` },
      configurations: Array.from({ length: count }, (_, at) => ({ epochs: at, l2: 0.1 })),
    });
    const tuning = { ...policy, next: 'tune', move: tune('a', 2) } as const;
    const { request: many } = await ask({ policy: tuning, allowed: [tune('a', 2), tune('b', 100)] });
    expect(many?.moves[0]?.changes).toMatch(/ They are: epochs 0 · l2 0\.1; epochs 1 · l2 0\.1\.$/);
    expect(many?.moves[1]?.changes).toHaveLength(600);
  });

  it('is shown the scores of all iterations, each rule of the gate, and ten patterns that still fail', async () => {
    const past: IterationRecord = {
      ...{ iteration: 1, kind: 'first', move: 'first', score: 0.6, rolledBack: true, decision: 'On.' },
      ...{ gateKey: 'gate.json', best: { candidateId: 'c0', checkpointId: 'c0', key: 'c0.json' } },
    };
    const dataset = { datasetId: 'd1', key: 'd1.jsonl', mode: 'extend' } as const;
    const basis = { candidate: past.best, score: 0.6, dataset, configuration: {} };
    const before = { iterations: [past], basis, tried: [], next: null, ended: null };
    const remaining = Array.from({ length: 12 }, (_, at) => `p${at}`);
    const { request } = await ask({ before, remaining });
    expect(request?.scores).toMatchObject([
      { iteration: 1, move: 'first', score: 0.6, rolledBack: true, decision: 'On.' },
      { iteration: 2, candidate: 'c1', score: 0.61, stillFails: remaining.slice(0, 10).map((key) => ({ key })) },
      { iteration: 2, candidate: 'c2', score: 0.62, stillFails: [] },
    ]);
    expect(request?.scores[0]).not.toHaveProperty('gateKey');
    const { verdict } = gated('c1', { gained: 1, lost: 9, score: 0.61, remaining }, sampleModel().settings);
    expect(request?.scores[1]).toHaveProperty('rules', verdict.rules);
    expect(verdict.rules).toContainEqual(expect.objectContaining({ rule: 'gain', passed: false }));
    expect((await ask()).request?.scores).toHaveLength(2);
  });

  it('is shown datasets with what they do not meet, and checkpoints with their scores', async () => {
    const { request } = await ask();
    expect(request?.lineage).toEqual([
      {
        ...{ dataset: 'd1', parent: null, mode: 'initial', run: null, iteration: 0, examples: 2 },
        slices: [{ slice: 'gold', examples: 2, share: 1, met: true }],
        controlsNotMet: ['margin: 0.1'],
      },
      { checkpoint: 'c1', parent: null, scores: {} },
    ]);
  });

  it('is shown records that may train alone', async () => {
    expect((await ask()).request?.records.map(({ traceId }) => traceId)).toEqual(['kept']);
  });

  it('is told what was noted before, and what the iteration came to', async () => {
    const { request } = await ask();
    const text =
      'configurations-x: datasets d1 (extend), d2 (extend); candidates by score c1 0.6100, c2 0.6200. ' +
      'The score calls for data.';
    expect(request?.notes).toEqual([...earlier, { iteration: 2, by: 'run', text }]);
  });

  it('is told nothing twice where it is asked again after a kill', async () => {
    const { request, notes } = await ask();
    const again = await ask({ own: notes });
    expect(again.request?.notes).toEqual(request?.notes);
    expect(again.notes).toEqual(notes);
  });

  it('is told no more than 800 characters of it, of which none is half a sign', async () => {
    for (const letters of [700, 701]) {
      const { request } = await ask({ policy: { ...policy, detail: `${'x'.repeat(letters)}${'😀'.repeat(100)}` } });
      const text = request?.notes.at(-1)?.text ?? '';
      expect(text).toHaveLength(800);
      expect(text.isWellFormed()).toBe(true);
    }
  });
});

describe('what a strategist says', () => {
  const told = async (move: string | null) => ask({ advice: { ...advised, move } });

  it('is the next move, told with its reason and kept with its notes', async () => {
    const { answer, request, notes } = await told(boundary.name);
    const text = `The strategist chose ${boundary.name} among 3 in its place: Few passes are close.`;
    expect(answer).toEqual({ ...policy, move: boundary, detail: `${policy.detail} ${text}` });
    expect(notes).toEqual([
      ...(request?.notes ?? []),
      { iteration: 2, by: 'strategist', text: 'Mind the refunds.' },
      { iteration: 2, by: 'strategist', text },
    ]);
  });

  it('may be the policy’s own move', async () => {
    const { answer } = await told(hard.name);
    const text = 'The strategist chose it among 3: Few passes are close.';
    expect(answer).toEqual({ ...policy, detail: `${policy.detail} ${text}` });
  });

  it('changes nothing where it is no move that is allowed', async () => {
    for (const move of [null, 'promote']) {
      const { answer, notes } = await told(move);
      const text = 'The strategist gave no choice that counts, so that the policy’s own move is made.';
      expect(answer).toEqual({ ...policy, detail: `${policy.detail} ${text}` });
      expect(notes.at(-1)).toEqual({ iteration: 2, by: 'run', text });
    }
  });

  it('is waited for', async () => {
    const working = { status: 'working', handle: 'h', done: 1, total: 2, waitSeconds: 30 } as const;
    const says = { start: async () => working, advance: async () => working };
    const { answer, notes } = await ask({ says });
    expect(answer).toBeInstanceOf(Unfinished);
    expect(notes).toEqual(earlier);
  });
});
