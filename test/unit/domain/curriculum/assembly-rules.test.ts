import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Output } from '../../../../shared/domain/base/output.ts';
import {
  type AssemblyRequest,
  assembleDataset,
  type PlacedInput,
} from '../../../../shared/domain/curriculum/assemble-dataset.ts';
import { type CurriculumPlan, planFor } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import type { ExampleCandidate } from '../../../../shared/domain/curriculum/example-candidate.ts';
import type { RootCause } from '../../../../shared/domain/diagnosis/root-cause.ts';
import { allFolds } from '../../../../shared/domain/evaluation/ledger.ts';
import type { SliceBand } from '../../../../shared/domain/models/dataset.ts';
import type { Example, Slice } from '../../../../shared/domain/models/example.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';
import { parentExamples, text } from './records.ts';

const labels = ['balance', 'card'];

/** A candidate of its own text; numbers alternate between the two labels. */
function candidate(
  number: number,
  options: Partial<ExampleCandidate> & { clusterId?: string | null; why?: string } = {},
) {
  const { clusterId = null, why = 'judged right', ...rest } = options;
  const label = labels[number % 2] ?? '';
  return {
    input: text(label, number),
    output: labelOutput(label),
    origin: 'pass',
    provenance: { kind: 'trace', traceId: `t${String(number).padStart(4, '0')}`, judge: 'llm', clusterId, why },
    judge: 'llm',
    timestamp: '2026-01-01T00:00:00Z',
    rank: number,
    margin: 0.8,
    ...rest,
  } satisfies ExampleCandidate as ExampleCandidate;
}
const many = (
  count: number,
  from: number,
  make: (number: number) => ExampleCandidate = candidate,
): ExampleCandidate[] => Array.from({ length: count }, (_, index) => make(from + index));
const failure = (number: number): ExampleCandidate =>
  candidate(number, { origin: 'failure', clusterId: 'c1', why: 'corrected failure', margin: 0 });
const near = (number: number): ExampleCandidate => candidate(number, { clusterId: 'c1', why: 'near failing trace' });
const probe = (number: number, options: Partial<ExampleCandidate> = {}): ExampleCandidate =>
  candidate(number, {
    origin: 'probe',
    provenance: { kind: 'probe', probeId: `q${number}`, traceId: 'elsewhere', clusterId: 'c1' },
    margin: 0,
    ...options,
  });
const synthesis = (number: number, options: Partial<ExampleCandidate> = {}): ExampleCandidate =>
  candidate(number, {
    origin: 'synthesis',
    provenance: { kind: 'synthesis', method: `typo ${number}`, traceId: 'elsewhere', clusterId: 'c1' },
    margin: 0,
    ...options,
  });
const plan = (changes: Partial<CurriculumPlan> = {}): CurriculumPlan => ({ ...planFor('first'), ...changes });

function assemble(request: Partial<AssemblyRequest>): ReturnType<typeof assembleDataset> {
  return assembleDataset({
    mode: 'complement',
    gold: [],
    hardNegatives: [],
    boundary: [],
    parent: null,
    task: classificationTask(labels),
    kind: classification,
    causes: new Map(),
    placed: [],
    boundaryLeftOut: 0,
    plan: plan(),
    ...request,
  });
}
const parentOf = (perLabel: number): AssemblyRequest['parent'] => ({
  datasetId: 'parent-dataset',
  examples: parentExamples(labels, perLabel),
});
/** An input that the model of its fold judges, or that nothing may train. */
const evidence = (traceId: string, input: string, fold: number): PlacedInput => ({
  ...{ traceId, input, folds: [fold], use: 'evidence' },
});
const report = (traceId: string, input: string): PlacedInput => ({ traceId, input, folds: allFolds, use: 'report' });
const ofSlice = (examples: readonly Example[], slice: Slice): Example[] =>
  examples.filter((example) => example.slice === slice);
const tracesOf = (examples: readonly Example[]): string[] =>
  examples.flatMap(({ provenance }) => (provenance.kind === 'trace' ? [provenance.traceId] : [])).sort();
const band = (bands: readonly SliceBand[], slice: Slice): SliceBand | undefined =>
  bands.find((one) => one.slice === slice);

describe('what is left out', () => {
  test('is counted by reason, and nothing is named when nothing is', () => {
    const parent = parentOf(20);
    const { manifest } = assemble({
      gold: [
        ...many(30, 0),
        candidate(100, { output: labelOutput('unheard-of') }),
        candidate(101, { input: ' \n' }),
        candidate(102, { input: text('balance', 2), output: labelOutput('balance') }),
        candidate(103, { input: 'who decides', output: labelOutput('card') }),
        candidate(104, { input: 'who decides', output: labelOutput('balance') }),
        ...many(4, 200, (number) =>
          candidate(number, {
            input: `one two three four five six seven eight nine ten n${number}`,
            output: labelOutput('card'),
          }),
        ),
      ],
      parent,
      placed: [evidence('e1', parent?.examples[7]?.input ?? '', 4)],
      boundaryLeftOut: 7,
    });
    expect(Object.entries(manifest.leftOut)).toEqual([
      ['conflicting outputs for one input', 2],
      ['duplicate input', 1],
      ['empty input or output that the task does not know', 2],
      ['judged-right traces beyond the plan’s limit', 7],
      ['near-duplicate beyond the limit of its group', 1],
      ['parent example not replayed', 25],
      ['too close to evidence that it may train', 1],
    ]);
    expect(assemble({ gold: many(10, 0) }).manifest.leftOut).toEqual({});
  });

  test('is never a trace that leaks: that is a fault, with its name and how close it is', () => {
    const placed = [evidence('e1', 'elsewhere entirely', 1), evidence('e2', `${text('card', 3)} indeed`, 2)];
    expect(() => assemble({ gold: many(10, 0), placed })).toThrowError(
      expect.objectContaining({
        name: 'LeakDetected',
        message: 'trace "t0003" was to train a model that judges an input which is 80 % the same',
      }),
    );
    const own = { traceId: 't0003', input: text('card', 3), folds: [2], use: 'evidence' as const };
    expect(tracesOf(assemble({ gold: many(10, 0), placed: [...placed, own] }).examples)).toHaveLength(10);
  });

  test('is a probe or a variant near what is for the report alone', () => {
    const { examples, manifest } = assemble({
      gold: [...many(10, 0), probe(20), synthesis(21)],
      placed: [report('r1', `${text('balance', 20)} indeed`), report('r2', text('card', 21))],
    });
    expect(manifest.leftOut).toEqual({ 'too close to evidence that it may train': 2 });
    expect(tracesOf(examples)).toHaveLength(10);
  });

  test('is, of near-duplicates, what says least: failures stay, near passes, close ones, probes, parent', () => {
    const alike = (number: number, word: string) => ({
      input: `one two three four five six seven eight nine ten ${word}`,
      output: labelOutput('card'),
      number,
    });
    const parentExample = {
      ...parentExamples(labels, 1)[0],
      ...{ input: alike(0, 'parent').input, output: labelOutput('card') },
    };
    const request: Partial<AssemblyRequest> = {
      gold: [
        ...many(10, 100),
        { ...failure(6), ...pick(alike(6, 'failure')) },
        { ...probe(3), ...pick(alike(3, 'probe')) },
        { ...synthesis(1), ...pick(alike(1, 'synthesis')) },
      ],
      hardNegatives: [{ ...near(5), ...pick(alike(5, 'near')) }],
      boundary: [
        { ...candidate(7, { margin: 0.9 }), ...pick(alike(7, 'clear')) },
        { ...candidate(8, { margin: 0.1 }), ...pick(alike(8, 'close')) },
        { ...candidate(2, { margin: 0.9 }), ...pick(alike(2, 'clear-too')) },
      ],
      parent: { datasetId: 'parent-dataset', examples: [parentExample as Example] },
      mode: 'extend',
    };
    const kept = (nearDuplicatesPerGroup: number): string[] =>
      assemble({ ...request, plan: plan({ nearDuplicatesPerGroup }) })
        .examples.filter(({ input }) => input.startsWith('one two'))
        .map(({ input }) => input.slice('one two three four five six seven eight nine ten '.length));
    const order = ['failure', 'near', 'close', 'clear-too', 'clear', 'probe', 'parent', 'synthesis'];
    for (let most = 1; most <= order.length; most += 1) {
      expect(new Set(kept(most))).toEqual(new Set(order.slice(0, most)));
    }
  });

  test('is not a near-duplicate with another label', () => {
    const input = 'one two three four five six seven eight nine ten';
    const { examples } = assemble({
      gold: [
        candidate(1, { input: `${input} eleven`, output: labelOutput('card') }),
        candidate(2, { input: `${input} twelve`, output: labelOutput('balance') }),
      ],
      plan: plan({ nearDuplicatesPerGroup: 1 }),
    });
    expect(examples).toHaveLength(2);
  });
});

function pick({ input, output }: { input: string; output: Output }): { input: string; output: Output } {
  return { input, output };
}

describe('a trace that several parts of the curriculum claim', () => {
  test('trains once, with the provenance that names its cluster', () => {
    for (const hardNegatives of [[near(4)], [near(4), near(4)]]) {
      const { examples, manifest } = assemble({ gold: many(10, 20), hardNegatives, boundary: [candidate(4)] });
      expect(manifest.leftOut).toEqual({});
      const found = examples.filter(({ input }) => input === text('balance', 4));
      expect(found.map(({ provenance }) => provenance)).toEqual([near(4).provenance]);
    }
  });

  test('keeps, of two clusters, the one it ranks better in, and then the first by name', () => {
    const claims = (ranks: readonly [number, number]) => [
      candidate(4, { clusterId: 'c2', rank: ranks[1] }),
      candidate(4, { clusterId: 'c1', rank: ranks[0] }),
    ];
    const clusterOf = (hardNegatives: ExampleCandidate[]): unknown =>
      assemble({ gold: many(10, 20), hardNegatives })
        .examples.map(({ provenance }) => ('clusterId' in provenance ? provenance.clusterId : null))
        .find((cluster) => cluster !== null);
    expect(clusterOf(claims([0.5, 0.2]))).toBe('c2');
    expect(clusterOf(claims([0.1, 0.2]))).toBe('c1');
    expect(clusterOf(claims([0.2, 0.2]))).toBe('c1');
  });

  test('counts as a hard negative by the best of its ranks', () => {
    const hardNegatives = [
      candidate(8, { clusterId: 'c1', rank: 5 }),
      candidate(8, { clusterId: 'c2', rank: 0 }),
      candidate(6, { clusterId: 'c1', rank: 1 }),
    ];
    const { examples } = assemble({ gold: many(1, 21), hardNegatives, plan: plan({ hardNegativeShare: 0.3 }) });
    expect(tracesOf(ofSlice(examples, 'hard-negative'))).toEqual(['t0008']);
  });

  test('of no cluster says why it was taken first', () => {
    const boundary = [candidate(4, { why: 'second', rank: 2 }), candidate(4, { why: 'first', rank: 1 })];
    const { examples } = assemble({ gold: many(10, 20), boundary });
    expect(examples.find(({ input }) => input === text('balance', 4))?.provenance).toMatchObject({ why: 'first' });
  });

  test('stays gold when it failed, even if it is offered as a hard negative', () => {
    const { examples } = assemble({ gold: [failure(4), ...many(9, 20)], hardNegatives: [failure(4), near(6)] });
    expect(tracesOf(ofSlice(examples, 'hard-negative'))).toEqual(['t0006']);
  });
});

describe('the hard negatives', () => {
  /** 10 failures and 90 passes that all lie near one. */
  const material = { gold: many(10, 0, failure), hardNegatives: many(90, 10, near) };
  const hardCount = (request: Partial<AssemblyRequest>): number =>
    ofSlice(assemble({ ...material, ...request }).examples, 'hard-negative').length;

  test('are the passes nearest to a failure, all others are gold', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(material.hardNegatives, { minLength: 90 }), (shuffled) => {
        const { examples } = assemble({ ...material, hardNegatives: shuffled });
        const hard = tracesOf(ofSlice(examples, 'hard-negative'));
        expect(hard).toEqual(tracesOf(examples).slice(10, 10 + hard.length));
        expect(ofSlice(examples, 'gold')).toHaveLength(100 - hard.length);
      }),
      { numRuns: 5 },
    );
  });

  test('are the nearest whatever their ids', () => {
    const hardNegatives = many(90, 10, (number) => ({ ...near(number), rank: 1_000 - number }));
    const hard = tracesOf(ofSlice(assemble({ ...material, hardNegatives }).examples, 'hard-negative'));
    expect(hard).toEqual(tracesOf(assemble({ ...material }).examples).slice(-hard.length));
  });

  test('may be syntheses and probes, each by its own rank', () => {
    const hardNegatives = [
      synthesis(40, { rank: 3 }),
      synthesis(41, { rank: 1 }),
      probe(42, { rank: 2 }),
      probe(43, { rank: 0 }),
    ];
    const { examples } = assemble({ gold: many(3, 20), hardNegatives, plan: plan({ hardNegativeShare: 0.3 }) });
    expect(
      ofSlice(examples, 'hard-negative')
        .map(({ input }) => input)
        .sort(),
    ).toEqual([text('card', 41), text('card', 43)]);
  });

  test('are never variants of a failure, even when its hard negative had to be made up too', () => {
    const provenance = { kind: 'synthesis', method: 'typo', traceId: 't0000', clusterId: 'c1' } as const;
    const { examples } = assemble({
      gold: [failure(0), synthesis(40, { provenance, rank: 0 }), ...many(3, 20)],
      hardNegatives: [synthesis(41, { provenance, rank: 1 })],
    });
    expect(ofSlice(examples, 'hard-negative').map(({ input }) => input)).toEqual([text('card', 41)]);
  });

  test('of one rank are taken in order of their ids', () => {
    const hardNegatives = material.hardNegatives.map((one) => ({ ...one, rank: 1 })).reverse();
    const hard = tracesOf(ofSlice(assemble({ ...material, hardNegatives }).examples, 'hard-negative'));
    expect([hard[0], hard.at(-1)]).toEqual(['t0010', `t00${9 + hard.length}`]);
  });

  test.each([
    ['label-confusion', [['label-confusion', 10]], 38],
    ['false-alarm', [['false-alarm', 10]], 38],
    ['missed-label', [['missed-label', 10]], 32],
    ['length', [['length', 10]], 32],
    ['noise', [['noise', 10]], 32],
    [
      'half of each',
      [
        ['missed-label', 5],
        ['surface-trap', 5],
      ],
      35,
    ],
    [
      'a third missed',
      [
        ['noise', 1],
        ['surface-trap', 2],
      ],
      36,
    ],
    ['unknown', [], 35],
  ] as [string, [RootCause, number][], number][])(
    'make up a share inside their band that leans by the causes: %s',
    (_, causes, count) => {
      expect(hardCount({ causes: new Map(causes) })).toBe(count);
    },
  );

  test.each([
    [0.34, 34],
    [0.9, 40],
    [0.1, 30],
  ])('have the share that the plan asks for, within the band: %f', (hardNegativeShare, count) => {
    expect(hardCount({ plan: plan({ hardNegativeShare }), causes: new Map([['noise', 10]]) })).toBe(count);
  });

  test.each([
    // Replay in its band leaves hard negatives their share of the whole; outside of it, what weights will make of it.
    [8, 38],
    [2, 37],
    [40, 41],
  ])('count on the share that %i parent examples a label will have', (perLabel, count) => {
    expect(hardCount({ parent: parentOf(perLabel), mode: 'extend', causes: new Map([['false-alarm', 10]]) })).toBe(
      count,
    );
  });

  test('are one for each failure, up to half of all, as far as passes last', () => {
    const counts = (failures: number, passes: number): number =>
      hardCount({
        gold: many(failures, 0, failure),
        hardNegatives: many(passes, 100, near),
        causes: new Map([['noise', 1]]),
      });
    expect(counts(45, 55)).toBe(45);
    expect(counts(40, 41)).toBe(40);
    expect(counts(60, 30)).toBe(30);
    const beyondHalf = { gold: [...many(60, 0, failure), ...many(0, 90)], hardNegatives: many(40, 100, near) };
    expect(hardCount({ ...beyondHalf, causes: new Map([['noise', 1]]) })).toBe(40);
  });
});

describe('replay', () => {
  const fresh = many(40, 0);
  const replayed = (request: Partial<AssemblyRequest>): Example[] =>
    ofSlice(assemble({ gold: fresh, ...request }).examples, 'replay');
  const perLabel = (examples: readonly Example[]): number[] =>
    labels.map((label) => examples.filter(({ output }) => labelOrNull(output) === label).length);

  test('of a large parent dataset is as many as make up its share at the replay weight, label by label in turn', () => {
    expect(perLabel(replayed({ parent: parentOf(30) }))).toEqual([9, 9]);
    expect(perLabel(replayed({ parent: parentOf(30), plan: plan({ replayWeight: 1 }) })).sort()).toEqual([4, 5]);
    const uneven = parentOf(30)?.examples.filter(({ output }, at) => labelOrNull(output) === 'card' || at < 3) ?? [];
    const parent = { datasetId: 'parent-dataset', examples: uneven };
    expect(perLabel(replayed({ parent }))).toEqual([3, 15]);
  });

  test('fills a label up to its floor even beyond its share', () => {
    const more = [...labels, 'transfer'];
    const examples = parentExamples(more, 30);
    const count = (floorPerLabel: number, gold = fresh): number[] => {
      const made = replayed({
        gold,
        task: classificationTask(more),
        parent: { datasetId: 'parent-dataset', examples },
        plan: plan({ floorPerLabel }),
      });
      return more.map((label) => made.filter(({ output }) => labelOrNull(output) === label).length);
    };
    expect(count(0)).toEqual([6, 6, 6]);
    expect(count(10)).toEqual([4, 4, 10]);
    expect(count(20)).toEqual([0, 0, 20]);
    expect(count(22)).toEqual([2, 2, 22]);
    expect(count(12, many(2, 0))).toEqual([11, 11, 12]);
  });

  test('is the same whatever the order of the parent dataset', () => {
    const examples = parentExamples(labels, 30);
    const inOrder = (given: Example[]): Example[] =>
      replayed({ parent: { datasetId: 'parent-dataset', examples: given } });
    expect(inOrder(examples.toReversed())).toEqual(inOrder(examples));
  });

  test.each([
    ['gives way to a person', 'human', 'file', 'card'],
    ['is a first example that stands against a model', 'llm', 'file', 'balance'],
    ['gives way to a model where it came of a trace itself', 'llm', 'parent', 'card'],
  ] as const)('%s who says otherwise of the same input', (_, judge, origin, stays) => {
    const provenance = { kind: 'parent', datasetId: 'before', exampleId: 'e' } as const;
    const examples = parentExamples(labels, 2).map((each) => (origin === 'parent' ? { ...each, provenance } : each));
    const [old] = examples;
    const { examples: assembled, manifest } = assemble({
      gold: [...fresh, candidate(99, { input: old?.input ?? '', output: labelOutput('card'), judge })],
      parent: { datasetId: 'parent-dataset', examples },
      mode: 'extend',
    });
    expect(old?.output).toBe('balance');
    expect(assembled.filter(({ input }) => input === old?.input).map(({ output }) => output)).toEqual([stays]);
    expect(manifest.leftOut).toEqual({ 'conflicting outputs for one input': 1 });
  });

  test('keeps what the parent knows: a first example its line, any other the example it comes from', () => {
    const [first, ...others] = parentExamples(labels, 2);
    const provenance = { kind: 'trace', traceId: 'old', judge: 'llm', clusterId: null, why: 'judged right' } as const;
    const examples = [...(first === undefined ? [] : [first]), ...others.map((each) => ({ ...each, provenance }))];
    const parent = { datasetId: 'parent-dataset', examples };
    const inherited = replayed({ parent, mode: 'extend' });
    expect(inherited).toHaveLength(examples.length);
    for (const example of inherited) {
      const origin = examples.find(({ input }) => input === example.input);
      expect(example.provenance).toEqual(
        origin === first
          ? { kind: 'file', line: 1 }
          : { kind: 'parent', datasetId: 'parent-dataset', exampleId: origin?.exampleId },
      );
      expect(example.output).toBe(origin?.output);
    }
  });
});

describe('weights', () => {
  const weightOf = (examples: readonly Example[], number: number): number =>
    examples.find(({ input }) => input === text(labels[number % 2] ?? '', number))?.weight ?? Number.NaN;
  /** Gold of every kind, two of each so that the labels are even; 40 plain passes besides. */
  const gold = [
    ...many(2, 0, failure),
    ...many(2, 2, (number) => probe(number)),
    ...many(2, 4, (number) => synthesis(number)),
    ...many(2, 6, (number) => candidate(number, { margin: 0.29 })),
    ...many(2, 8, (number) => candidate(number, { margin: 0.3 })),
    ...many(40, 10),
  ];
  const relative = (changes: Partial<CurriculumPlan>): number[] => {
    const { examples } = assemble({ gold, plan: plan(changes) });
    return [0, 2, 4, 6, 8].map(
      (number) => Math.round((100 * weightOf(examples, number)) / weightOf(examples, 10)) / 100,
    );
  };

  test('lie on corrected failures and probes, or on close decisions, as the plan asks', () => {
    expect(relative({})).toEqual([1, 1, 1, 1, 1]);
    expect(relative({ failureWeight: 2 })).toEqual([2, 2, 1, 1, 1]);
    expect(relative({ lowMarginWeight: 3 })).toEqual([1, 1, 1, 3, 1]);
    expect(relative({ failureWeight: 0.5 })).toEqual([0.5, 0.5, 1, 1, 1]);
  });

  test('stay within their limits, whatever a plan asks', () => {
    const weightLimits = { lower: 0.5, upper: 1.5 };
    expect(relative({ failureWeight: 100, lowMarginWeight: 0.01, weightLimits })).toEqual([1.5, 1.5, 1, 0.5, 1]);
  });

  test('stay within their limits, whatever the material', () => {
    const numbers = fc.record({
      failures: fc.nat(20),
      nearby: fc.nat(20),
      plain: fc.nat(40),
      perLabel: fc.nat(20),
      failureWeight: fc.constantFrom(0.7, 1, 1.4),
      lower: fc.constantFrom(0.25, 0.5),
      upper: fc.constantFrom(2, 4),
    });
    fc.assert(
      fc.property(numbers, ({ failures, nearby, plain, perLabel, failureWeight, lower, upper }) => {
        const { examples } = assemble({
          gold: [...many(failures, 0, failure), ...many(plain, 200)],
          hardNegatives: many(nearby, 100, near),
          parent: parentOf(perLabel),
          mode: 'extend',
          plan: plan({ failureWeight, weightLimits: { lower, upper } }),
        });
        for (const { weight } of examples) {
          expect(weight).toBeGreaterThanOrEqual(lower - 1e-3);
          expect(weight).toBeLessThanOrEqual(upper + 1e-3);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('are rounded to four places and have mean 1', () => {
    const { examples } = assemble({ gold, hardNegatives: many(7, 100, near), plan: plan({ failureWeight: 1.7 }) });
    for (const { weight } of examples) expect(Number(weight.toFixed(4))).toBe(weight);
    expect(examples.reduce((sum, { weight }) => sum + weight, 0) / examples.length).toBeCloseTo(1, 3);
  });

  test('of a label with few examples rise as far as its limits, and no further', () => {
    const skewed = [
      ...many(90, 0, (number) => candidate(number * 2)),
      ...many(10, 0, (number) => candidate(number * 2 + 1)),
    ];
    const ratio = (upper: number): number => {
      const { examples } = assemble({ gold: skewed, plan: plan({ labelLimits: { lower: 1, upper } }) });
      return weightOf(examples, 1) / weightOf(examples, 0);
    };
    expect(ratio(2)).toBeCloseTo(2, 2);
    expect(ratio(1.5)).toBeCloseTo(1.5, 2);
  });
});

describe('the bands in the manifest', () => {
  const material = { gold: [...many(10, 0, failure), ...many(50, 10)], hardNegatives: many(40, 100, near) };

  test('are measured on the examples, which are in order of their ids', () => {
    const { examples, manifest } = assemble({ ...material, parent: parentOf(8), mode: 'extend' });
    const exampleIds = examples.map(({ exampleId }) => exampleId);
    expect(exampleIds).toEqual(exampleIds.toSorted());
    const total = examples.reduce((sum, { weight }) => sum + weight, 0);
    for (const { slice, examples: count, weight, share, lower, upper, met, reason } of manifest.bands) {
      const own = ofSlice(examples, slice);
      expect(count).toBe(own.length);
      expect(weight).toBe(own.reduce((sum, example) => sum + example.weight, 0));
      expect(share).toBe(weight / total);
      expect(met).toBe(true);
      expect(reason).toBe('');
      expect(share).toBeGreaterThanOrEqual(lower - 1e-4);
      expect(share).toBeLessThanOrEqual(upper + 1e-4);
    }
    expect(manifest.bands.map(({ slice, lower, upper }) => [slice, lower, upper])).toEqual([
      ['gold', 0.4, 0.6],
      ['hard-negative', 0.25, 0.35],
      ['replay', 0.1, 0.2],
    ]);
  });

  test('without a parent are those of gold and hard negatives alone', () => {
    expect(assemble(material).manifest.bands.map(({ slice, lower, upper }) => [slice, lower, upper])).toEqual([
      ['gold', 0.6, 0.7],
      ['hard-negative', 0.3, 0.4],
      ['replay', 0, 0],
    ]);
  });

  const reasons = (request: Partial<AssemblyRequest>): string[] =>
    assemble(request).manifest.bands.map(({ reason }) => reason);

  test('name what there is none of, and whose room is taken', () => {
    expect(reasons({ gold: many(20, 0) })).toEqual([
      'takes the room that too few passing traces near a failure leave',
      'there are no passing traces near a failure',
      '',
    ]);
    expect(reasons({ gold: many(20, 0), parent: { datasetId: 'parent-dataset', examples: [] } })).toEqual([
      'takes the room that too few passing traces near a failure and parent examples leave',
      'there are no passing traces near a failure',
      'there are no parent examples',
    ]);
    expect(reasons({ parent: parentOf(3), mode: 'extend' })).toEqual([
      'there are no gold examples',
      'there are no passing traces near a failure',
      'takes the room that too few gold examples and passing traces near a failure leave',
    ]);
  });

  test('name what there is too little of for the limits of weights', () => {
    expect(reasons({ ...material, parent: parentOf(1), mode: 'extend' })).toEqual([
      '',
      '',
      '2 parent examples are too few to make up the share within the limits of an example’s weight',
    ]);
  });

  test('name what cannot be weighed down', () => {
    const { manifest } = assemble({
      ...material,
      parent: parentOf(100),
      mode: 'extend',
      plan: plan({ weightLimits: { lower: 1, upper: 4 } }),
    });
    expect(band(manifest.bands, 'replay')).toMatchObject({
      met: false,
      reason: '200 parent examples cannot be weighed down further within the limits of an example’s weight',
    });
  });

  test('of nothing hold nothing', () => {
    expect(assemble({}).manifest.bands.map(({ share, weight, met }) => [share, weight, met])).toEqual([
      [0, 0, false],
      [0, 0, false],
      [0, 0, true],
    ]);
  });
});

describe('the manifest', () => {
  test('counts examples and labels, and notes the plan, the mode, the weights and what was synthesised', () => {
    const { manifest } = assemble({
      gold: [...many(9, 0), synthesis(20)],
      plan: plan({ name: 'two-a-pattern', lowMarginWeight: 1 }),
    });
    expect(manifest.examples).toBe(10);
    expect(manifest.labels).toBe(2);
    expect(manifest.notes).toEqual([
      'plan two-a-pattern, complement, weights from 1 to 1',
      '1 variant of other examples, with the output kept true',
    ]);
    const { examples, manifest: weighed } = assemble({
      gold: [...many(2, 0, failure), ...many(8, 10)],
      plan: plan({ failureWeight: 2 }),
      parent: parentOf(3),
      mode: 'extend',
    });
    const weights = examples.map(({ weight }) => weight);
    expect(weighed.notes).toEqual([
      `plan first, extend, weights from ${Math.min(...weights)} to ${Math.max(...weights)}`,
    ]);
    expect(assemble({}).manifest.notes).toEqual(['plan first, complement, no examples']);
  });

  test('measures the controls on failures that are gold, not on passes', () => {
    const { manifest } = assemble({ gold: [...many(3, 0, failure), ...many(4, 10)], hardNegatives: many(4, 20, near) });
    expect(manifest.controls.find(({ name }) => name === 'hard-negative-each')?.measured).toBe(
      '4 hard negatives, 3 hard gold examples',
    );
  });
});
