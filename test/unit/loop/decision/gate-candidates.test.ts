import { describe, expect, it } from 'vitest';
import { asOutput, type Output } from '../../../../shared/domain/base/output.ts';
import type { TaskSpec } from '../../../../shared/domain/base/task-spec.ts';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import type { Settings } from '../../../../shared/domain/models/settings.ts';
import { gateCandidates } from '../../../../shared/loop/decision/gate-candidates.ts';
import { judgingFileKey } from '../../../../shared/loop/engine/gate-file.ts';
import { type GatedCandidate, gateFileSchema } from '../../../../shared/loop/state/gate-result.ts';
import { readJson, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const rights = 400;
const wrongs = 100;
const spam = labelOutput('spam');
const ham = labelOutput('ham');
const evidence = Array.from({ length: rights + wrongs }, (_, at) =>
  sampleEvidence(`e${String(at).padStart(3, '0')}`, {
    folds: [at % 10],
    right: at < rights,
    answer: at < rights ? spam : ham,
  }),
);

/** A candidate that loses so many of the champion's right answers and wins so many of its wrong ones. */
interface Made {
  readonly lost: number;
  readonly gained: number;
}

interface Given {
  readonly evidence?: readonly EvidenceRecord[];
  readonly preceding?: readonly EvidenceRecord[];
  readonly earlier?: readonly EvidenceRecord[];
  /** Records that no model of the candidates can answer unseen. */
  readonly unanswered?: (record: EvidenceRecord, candidateId: string) => boolean;
  /** Records of which nobody knows whether the candidates' answers are right. */
  readonly undecided?: (record: EvidenceRecord) => boolean;
  /** Records on which a judge has passed or failed an answer that reads otherwise than the right output. */
  readonly judged?: (record: EvidenceRecord) => boolean;
  /** Records to which the judge did not come. */
  readonly leftOut?: (record: EvidenceRecord) => boolean;
  /** Why the judge came no further; null where it came to the end, absent where nothing was left to it. */
  readonly stopped?: string | null;
  /** Records that the budget did not cover. */
  readonly notAsked?: number;
  /** Candidates that no answers are on record of. */
  readonly unevaluated?: readonly string[];
  readonly settings?: Partial<Settings>;
  readonly trainer?: Partial<Trainer>;
  readonly task?: TaskSpec;
  /** What the candidates answer, where that is no label. */
  readonly answerOf?: (record: EvidenceRecord) => Output;
  readonly fit?: { readonly pool: number; readonly outOfFold: number };
  readonly failures?: number;
}

async function gate(made: Readonly<Record<string, Made>>, given: Given = {}) {
  const plain = memoryPorts();
  const trainers = new Map([...plain.trainers].map(([name, one]) => [name, { ...one, ...given.trainer }]));
  const ports: MemoryPorts = { ...plain, trainers };
  const model = sampleModel();
  await putPlan(ports, {
    model: { ...model, task: given.task ?? model.task, settings: { ...model.settings, ...given.settings } },
  });
  const files = { evidence: given.evidence ?? evidence, preceding: given.preceding, earlier: given.earlier };
  for (const [key, records] of Object.entries(files)) await writeJsonl(ports.objects, key, records ?? []);
  if (given.stopped !== undefined) {
    await writeJson(ports.objects, judgingFileKey(sampleHead.run, sampleHead.iteration), { stopped: given.stopped });
  }
  const all = [...new Map(Object.values(files).flatMap((file) => (file ?? []).map((one) => [one.exampleId, one])))];
  const evaluated = [];
  for (const [candidateId, { lost, gained }] of Object.entries(made)) {
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: candidateId }));
    let toLose = lost;
    let toGain = gained;
    const answers = all
      .map(([, record]) => record)
      .filter((record) => given.unanswered?.(record, candidateId) !== true)
      .map((record) => {
        const right = record.right ? toLose-- <= 0 : toGain-- > 0;
        const undecided = given.undecided?.(record) === true && { undecided: true as const };
        const judged = given.judged?.(record) === true && { judged: true as const, output: ham };
        const leftOut = given.leftOut?.(record) === true && { leftOut: true as const };
        const output = given.answerOf?.(record) ?? (right ? spam : ham);
        return {
          ...{ exampleId: record.exampleId, output, confidence: 0.8, right },
          ...undecided,
          ...judged,
          ...leftOut,
        };
      });
    await writeJsonl(ports.objects, `answers-of-${candidateId}`, answers);
    const right = answers.filter((answer) => answer.right).length;
    const notAsked = given.notAsked !== undefined && { notAsked: given.notAsked };
    const counts = { size: answers.length, right, fit: given.fit ?? null, ...notAsked };
    if (given.unevaluated?.includes(candidateId)) continue;
    evaluated.push({ candidateId, answersKey: `answers-of-${candidateId}`, ...counts });
  }
  const ref = (key: string) => ({ key, size: 0, right: 0 });
  const output = await gateCandidates.run(
    {
      ...sampleHead,
      prepared: samplePrepared,
      split: {
        recordsKey: 'records',
        evidence: ref('evidence'),
        failures: given.failures ?? wrongs,
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
      candidates: Object.keys(made).map((candidateId) => ({ candidateId, checkpointId: candidateId, key: '' })),
      evaluated,
    },
    stageContext(ports),
  );
  const { candidates } = await readJson(ports.objects, output.gateKey, gateFileSchema);
  return { ...output, candidates, ports };
}

const rulesOf = (candidate: GatedCandidate | undefined) =>
  candidate?.verdict.rules.filter(({ passed }) => !passed).map(({ rule }) => rule);
const better = { c1: { lost: 2, gained: 40 } };

describe('answers that nobody has judged', () => {
  it('count for nothing, neither for the candidate nor against it, and are told', async () => {
    const { candidates } = await gate({ c1: { lost: 40, gained: 30 } }, { undecided: ({ right }) => right });
    const [gated] = candidates;
    expect(gated?.request.evidence).toEqual({ failures: wrongs, records: wrongs, undecided: rights });
    expect([gated?.verdict.gained, gated?.verdict.lost]).toEqual([30, 0]);
    expect(gated?.verdict.rules.find(({ rule }) => rule === 'evidence')?.detail).toContain('400 answers');
  });

  it('are told with the reason why the judge came no further, where there are such answers', async () => {
    const told = async (given: Given) => (await gate(better, given)).candidates[0]?.request.evidence.unjudged;
    const undecided = ({ folds }: EvidenceRecord) => folds.includes(9);
    expect(await told({ undecided, stopped: 'No more money.' })).toBe('No more money.');
    expect(await told({ undecided, stopped: null })).toBeUndefined();
    expect(await told({ stopped: 'No more money.' })).toBeUndefined();
  });
});

describe('records that the budget did not cover', () => {
  it('are told where there are some', async () => {
    const told = async (given: Given) => (await gate(better, given)).candidates[0]?.request.evidence;
    expect(await told({ notAsked: 7 })).toEqual({ failures: wrongs, records: rights + wrongs, notAsked: 7 });
    expect(await told({})).toEqual({ failures: wrongs, records: rights + wrongs });
  });
});

describe('answers that a judge has passed', () => {
  it('are right however they read, and those are left out to which it did not come', async () => {
    const made = { c1: { lost: 0, gained: 60 } };
    const { candidates, score } = await gate(made, {
      judged: ({ right }) => !right,
      leftOut: ({ folds }) => folds.includes(9),
    });
    const [gated] = candidates;
    const [records, of] = [(rights + wrongs) * 0.9, wrongs * 0.9];
    expect(gated?.request.evidence).toMatchObject({ records, judged: of, leftOut: (rights + wrongs) / 10 });
    expect(gated?.request.evidence.passed).toBe(gated?.verdict.gained);
    expect([gated?.verdict.gained, gated?.verdict.lost]).toEqual([54, 0]);
    expect(score).toBeCloseTo((rights * 0.9 + 54) / records, 9);
  });

  it('are right of the champion too, where the task takes a judge', async () => {
    const task = generationSpecFrom({ options: { checker: 'judge' } });
    const passed = evidence.map((record) => ({ ...record, answer: record.right ? asOutput('no spam') : ham }));
    const made = { c1: { lost: 0, gained: 60 } };
    const { championScore, score } = await gate(made, { task, evidence: passed, judged: () => true });
    expect(championScore).toBeCloseTo(400 / 500, 9);
    expect(score).toBeCloseTo(460 / 500, 9);
  });
});

describe('the best candidate', () => {
  it('is the first that passes, in the order of the trainer, whatever others may have gained by chance', async () => {
    const { best, score, championScore, outcome } = await gate({
      c1: { lost: 30, gained: 20 },
      c2: { lost: 4, gained: 60 },
      c3: { lost: 1, gained: 61 },
    });
    expect({ best: best.candidateId, outcome }).toEqual({ best: 'c2', outcome: 'passed' });
    expect(score).toBeCloseTo(456 / 500, 9);
    expect(championScore).toBeCloseTo(400 / 500, 9);
  });

  it('is a later one that passes where it is proven better than the first', async () => {
    const { best } = await gate({ c1: { lost: 18, gained: 55 }, c2: { lost: 1, gained: 53 } });
    expect(best.candidateId).toBe('c2');
  });

  it('is not a later one for what the first could not answer', async () => {
    const unanswered = ({ exampleId }: EvidenceRecord, candidateId: string) =>
      candidateId === 'c1' && exampleId >= 'e450';
    const { best } = await gate({ c1: { lost: 1, gained: 50 }, c2: { lost: 1, gained: 100 } }, { unanswered });
    expect(best.candidateId).toBe('c1');
  });

  it('is one that passes before one that gains more and is refused', async () => {
    const preceding = evidence.slice(0, 100);
    const { best } = await gate({ c1: { lost: 12, gained: 90 }, c2: { lost: 1, gained: 30 } }, { preceding });
    expect(best.candidateId).toBe('c2');
  });

  it('is, when all are refused, the one that breaks the fewest rules', async () => {
    const preceding = evidence.slice(0, 100);
    const { best, outcome } = await gate({ c1: { lost: 40, gained: 10 }, c2: { lost: 30, gained: 60 } }, { preceding });
    expect({ best: best.candidateId, outcome }).toEqual({ best: 'c2', outcome: 'rejected' });
  });

  it('is, when all are refused, not the one that gains most and breaks more rules', async () => {
    const byPeople = evidence.map((record, at) => ({ ...record, byPerson: at < 20 }));
    const { best, candidates } = await gate(
      { c1: { lost: 40, gained: 70 }, c2: { lost: 2, gained: 4 } },
      { evidence: byPeople, preceding: evidence.slice(0, 100) },
    );
    expect(candidates.map(rulesOf)).toEqual([['memory', 'labels'], ['gain']]);
    expect(best.candidateId).toBe('c2');
  });

  it('is the one that gains most of those that break as many rules', async () => {
    const { best } = await gate({ c1: { lost: 4, gained: 4 }, c2: { lost: 4, gained: 6 } });
    expect(best.candidateId).toBe('c2');
  });

  it('is of candidates that were evaluated, one at least', async () => {
    const two = { c1: { lost: 0, gained: 9 }, c2: { lost: 0, gained: 9 } };
    await expect(gate(two, { unevaluated: ['c2'] })).rejects.toThrow('candidate c2 was not evaluated');
    await expect(gate({})).rejects.toThrow('was given no candidate');
  });
});

describe('what the gate is shown', () => {
  it('is apart what people have judged, which may not fall by the word of others', async () => {
    const judged = evidence.map((record, at) => ({ ...record, byPerson: at < 20 }));
    const { candidates, outcome } = await gate({ c1: { lost: 8, gained: 90 } }, { evidence: judged });
    expect(candidates[0]?.request.people).toEqual({ records: 20, gained: 0, lost: 8 });
    expect(outcome).toBe('rejected');
    expect(rulesOf(candidates[0])).toEqual(['labels']);
  });

  it('is every label that the task knows once, those without a record too', async () => {
    const { candidates } = await gate(better);
    expect(candidates[0]?.request.facets.map(({ facet }) => facet).sort()).toEqual(['ham', 'spam']);
    const silent = candidates[0]?.request.facets.filter(({ records }) => records === 0).map(({ facet }) => facet);
    expect(silent?.length).toBeGreaterThan(0);
    expect(candidates[0]?.verdict.rules.find(({ rule }) => rule === 'labels')?.detail).toContain(
      `no record tells of ${silent?.join(', ')}.`,
    );
  });

  it('is what both have answered, near-duplicates counted once', async () => {
    const copies = evidence.map((record, at) => ({ ...record, groupId: `g${Math.floor(at / 5)}` }));
    const { candidates } = await gate({ c1: { lost: 5, gained: 50 } }, { evidence: copies });
    expect(candidates[0]?.verdict).toMatchObject({ groups: 100, gained: 10, lost: 1 });
  });

  it('has suspects among the pairs, but neither in the score nor among the records that are enough', async () => {
    const suspects = evidence.map((record, at) => ({ ...record, kept: at % 2 === 0 }));
    const { candidates, score, championScore } = await gate(better, { evidence: suspects });
    expect(candidates[0]?.verdict.groups).toBe(500);
    expect(candidates[0]?.request.evidence).toEqual({ failures: 100, records: 250 });
    expect(championScore).toBeCloseTo(200 / 250, 9);
    expect(score).toBeCloseTo((200 - 1 + 20) / 250, 9);
  });

  it('is scored by what the candidate could answer unseen, the champion on the same', async () => {
    const { candidates, championScore } = await gate(better, { unanswered: ({ right }) => !right });
    expect(candidates[0]?.verdict.groups).toBe(400);
    expect(championScore).toBe(1);
  });

  it('has the champion scored by the metric of the task, as the candidate is', async () => {
    const silent = evidence.map((record) => ({ ...record, answer: null }));
    expect((await gate(better, { evidence: silent })).championScore).toBe(0);
  });

  it('is too little where failures or records are', async () => {
    expect((await gate(better, { failures: 19 })).outcome).toBe('too-little-evidence');
    const few = await gate({ c1: { lost: 0, gained: 40 } }, { evidence: evidence.slice(380, 429) });
    expect(few.outcome).toBe('too-little-evidence');
  });

  it('goes on record with the scores, of every candidate', async () => {
    const { ports, candidates } = await gate({ c1: { lost: 0, gained: 10 }, c2: { lost: 9, gained: 0 } });
    for (const { candidate, score } of candidates) {
      const checkpoint = await ports.lineage.getCheckpoint('m1', candidate.checkpointId);
      expect(checkpoint?.scores).toEqual({ 'out-of-fold': score });
    }
  });

  it('is what still fails, by pattern', async () => {
    const { candidates } = await gate({ c1: { lost: 2, gained: 40 } });
    expect(candidates[0]?.remaining).toMatchObject([{ title: '"spam" answered as "ham"', count: 62 }]);
    expect(candidates[0]?.excess).toEqual({ spurious: 62, missed: 62 });
  });
});

describe('the memory of earlier promotions', () => {
  it('is of none while there is none', async () => {
    const { candidates } = await gate(better);
    expect(candidates[0]?.verdict.memory).toEqual([]);
    expect(candidates[0]?.verdict.rules.find(({ rule }) => rule === 'memory')?.detail).toMatch(/no earlier promotion/i);
  });

  it('refuses what forgets more than it mends, of the preceding records and of the earlier ones', async () => {
    const records = evidence.slice(0, 150);
    for (const scope of ['preceding', 'earlier'] as const) {
      const { candidates } = await gate({ c1: { lost: 3, gained: 60 } }, { [scope]: records });
      expect(rulesOf(candidates[0])).toEqual(['memory']);
      expect(candidates[0]?.verdict.memory).toMatchObject([{ scope, size: 150, right: 150, gained: 0, allowed: 2 }]);
      const spared = await gate({ c1: { lost: 2, gained: 60 } }, { [scope]: records });
      expect(spared.outcome).toBe('passed');
    }
  });

  it('sets losses against gains of the same records', async () => {
    const mixed = [...evidence.slice(0, 100), ...evidence.slice(rights, rights + 20)];
    const { candidates, outcome } = await gate({ c1: { lost: 12, gained: 60 } }, { preceding: mixed });
    expect(candidates[0]?.verdict.memory[0]).toMatchObject({ size: 120, right: 100, gained: 20 });
    expect(candidates[0]?.request.memory[0]).not.toHaveProperty('change');
    expect(candidates[0]?.verdict.memory[0]?.lost).toHaveLength(12);
    expect(outcome).toBe('passed');
  });

  it('holds an answer against what was right when it froze, not against what a later judge says', async () => {
    // Frozen as ham, and right; since then a judge calls it spam, and so does the candidate.
    const frozen = evidence.slice(0, 10).map((record) => ({ ...record, expected: ham }));
    const { candidates } = await gate({ c1: { lost: 0, gained: 60 } }, { preceding: frozen });
    expect(candidates[0]?.verdict.memory[0]?.lost).toHaveLength(10);
    const agreed = await gate({ c1: { lost: 0, gained: 60 } }, { preceding: evidence.slice(0, 10) });
    expect(agreed.candidates[0]?.verdict.memory[0]?.lost).toEqual([]);
  });

  it('counts frozen records beside those of the run, and leaves out what cannot be answered unseen', async () => {
    const old = Array.from({ length: 50 }, (_, at) => sampleEvidence(`old${at}`, { folds: [at % 10] }));
    const { candidates } = await gate(better, { earlier: old, unanswered: ({ exampleId }) => exampleId === 'old7' });
    expect(candidates[0]?.verdict.memory).toMatchObject([{ scope: 'earlier', size: 49, right: 49 }]);
  });
});

describe('labels', () => {
  it('that fall beyond chance hold a candidate back that gains on the whole', async () => {
    const two = evidence.map((record, at) => ({ ...record, expected: at < 30 ? ham : spam, answer: record.answer }));
    const answeredHam = two.map((record) => (record.expected === ham ? { ...record, answer: ham } : record));
    // The candidate says spam of all that it has right, so that it loses every ham.
    const { candidates } = await gate({ c1: { lost: 0, gained: 100 } }, { evidence: answeredHam });
    expect(rulesOf(candidates[0])).toEqual(['labels']);
    expect(candidates[0]?.verdict.fallen).toMatchObject([{ facet: 'ham', records: 30, lost: 30, proven: true }]);
  });

  it('that are critical must have records enough to tell', async () => {
    const { candidates } = await gate(better, { settings: { critical: ['ham'] } });
    expect(rulesOf(candidates[0])).toEqual(['labels']);
  });
});

describe('entity types', () => {
  const city = { label: 'city', start: 0, end: 5 };
  const order = { label: 'order', start: 6, end: 9 };
  const both = entitiesOutput([city, order]);
  const task = extractionSpecFrom({ labels: [], outputs: [both] });
  // The champion finds no city, and every order.
  const texts = Array.from({ length: 230 }, (_, at) =>
    sampleEvidence(`e${String(at).padStart(3, '0')}`, {
      folds: [at % 10],
      right: false,
      expected: at < 30 ? both : entitiesOutput([city]),
      answer: entitiesOutput(at < 30 ? [order] : []),
    }),
  );

  it('that fall hold a candidate back, though no text that has them was wholly right before', async () => {
    const cities = await gate(
      { c1: { lost: 0, gained: 0 } },
      { evidence: texts, task, answerOf: () => entitiesOutput([city]) },
    );
    expect(rulesOf(cities.candidates[0])).toEqual(['labels']);
    expect(cities.candidates[0]?.verdict.fallen).toMatchObject([
      { facet: 'order', records: 30, lost: 30, gained: 0, proven: true },
    ]);
  });

  it('that stay do not', async () => {
    const all = await gate(
      { c1: { lost: 0, gained: 0 } },
      { evidence: texts, task, answerOf: ({ expected }) => expected },
    );
    expect(all.candidates[0]?.verdict).toMatchObject({ outcome: 'passed', fallen: [] });
  });
});

describe('a dear trainer', () => {
  const dear = { cost: 'dear', foldModels: 2 } as const;

  it('gets a wider margin, since few folds make few pairs', async () => {
    const close = { c1: { lost: 4, gained: 6 } };
    expect((await gate(close)).outcome).toBe('rejected');
    const { candidates, outcome } = await gate(close, { trainer: dear, fit: { pool: 0.9, outOfFold: 0.8 } });
    expect(candidates[0]?.request.margin).toBe(0.01);
    expect(outcome).toBe('passed');
  });

  it('is refused a served model that knows less of its own pool than its fold models out of fold', async () => {
    const { candidates } = await gate(better, { trainer: dear, fit: { pool: 0.79, outOfFold: 0.8 } });
    expect(rulesOf(candidates[0])).toEqual(['fit']);
  });
});
