import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AssemblyRequest,
  assembleDataset,
  type PlacedInput,
} from '../../../../shared/domain/curriculum/assemble-dataset.ts';
import { planFor } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import type { ExampleCandidate } from '../../../../shared/domain/curriculum/example-candidate.ts';
import { datasetIdOf } from '../../../../shared/domain/curriculum/example-id.ts';
import { selectBoundary } from '../../../../shared/domain/curriculum/select-boundary.ts';
import { restCluster, selectForCluster } from '../../../../shared/domain/curriculum/select-for-cluster.ts';
import { foldCount, isHeldOut, partOf } from '../../../../shared/domain/evaluation/fold.ts';
import { allFolds, leaks } from '../../../../shared/domain/evaluation/ledger.ts';
import { datasetSchema } from '../../../../shared/domain/models/dataset.ts';
import { type Example, exampleSchema } from '../../../../shared/domain/models/example.ts';
import { nearDuplicatesOf } from '../../../../shared/domain/similarity/near-duplicates.ts';
import type { UsableRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { bandsAttainable } from '../../../helpers/bands-attainable.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';
import { parentExamples, record, text, traffic } from './records.ts';

const placeOf = ({ traceId, input, folds, use }: UsableRecord): PlacedInput => ({ traceId, input, folds, use });
const textOf = ({ input }: { readonly input: string }) => input;

const labels = ['balance', 'card', 'transfer', 'weather'];

function requestOf(
  records: readonly UsableRecord[],
  parent: readonly Example[] | null,
  options: Partial<AssemblyRequest> = {},
): AssemblyRequest {
  const plan = options.plan ?? planFor('first');
  const passes = records.filter(({ verdict }) => verdict === 'pass');
  const members = records.filter(({ verdict }) => verdict === 'fail');
  const selection = selectForCluster({
    cluster: restCluster,
    weakness: null,
    members,
    passes,
    failingProbes: [],
    parent: parent ?? [],
    plan,
    kind: classification,
  });
  const boundary = selectBoundary({
    passes,
    failuresByFacet: new Map(members.map((m) => [labelOf(m.expected), 1])),
    plan,
    kind: classification,
  });
  return {
    mode: 'complement',
    gold: selection.gold,
    hardNegatives: selection.hardNegatives,
    boundary: boundary.gold,
    parent: parent === null ? null : { datasetId: 'parent-dataset', examples: parent },
    task: classificationTask(labels),
    kind: classification,
    causes: new Map([['label-confusion', members.length]]),
    placed: records.map(placeOf),
    boundaryLeftOut: boundary.leftOut,
    plan,
    ...options,
  };
}

const share = (examples: readonly Example[], slice: Example['slice']): number =>
  examples.filter((example) => example.slice === slice).reduce((sum, { weight }) => sum + weight, 0) /
  examples.reduce((sum, { weight }) => sum + weight, 0);

describe('assembleDataset', () => {
  test('trains passing traces as gold at the same weights where no hard negatives are wanted', () => {
    const records = traffic(labels, 400, 60);
    const off = planFor('first', { hardNegativesPerFailure: 0 });
    for (const parent of [null, parentExamples(labels, 20)]) {
      const { examples, manifest } = assembleDataset(requestOf(records, parent, { plan: off }));
      expect(share(examples, 'hard-negative')).toBe(0);
      expect(manifest.bands.map(({ slice, met }) => [slice, met])).toEqual([
        ['gold', true],
        ['hard-negative', true],
        ['replay', true],
      ]);
      const texts = (all: readonly Example[]) => all.map(({ input }) => input).sort();
      expect(texts(examples)).toEqual(texts(assembleDataset(requestOf(records, parent)).examples));
    }
  });

  test('keeps every slice in its band with weights near 1', () => {
    const { examples, manifest } = assembleDataset(requestOf(traffic(labels, 400, 60), parentExamples(labels, 40)));
    expect(manifest.bands.map(({ slice, met }) => ({ slice, met }))).toEqual([
      { slice: 'gold', met: true },
      { slice: 'hard-negative', met: true },
      { slice: 'replay', met: true },
    ]);
    expect(Math.min(...examples.map(({ weight }) => weight))).toBeGreaterThan(0.6);
    expect(Math.max(...examples.map(({ weight }) => weight))).toBeLessThan(1.3);
    expect(manifest.controls.find(({ name }) => name === 'hard-negative-each')?.met).toBe(true);
  });

  test('tells how many of its examples agents wrote, and who, where there are any', () => {
    const request = requestOf(traffic(labels, 400, 60), null);
    const by = { runId: 'run', agentId: 'agent', turn: 1 };
    const written = ['t0', 't1'].map((traceId, at): ExampleCandidate => {
      const provenance = {
        kind: 'synthesis',
        method: 'written',
        traceId,
        clusterId: restCluster.clusterId,
        by,
      } as const;
      const output = labelOutput(labels[at] ?? '');
      const input = text('written by an agent', 9_000 + at);
      return { input, output, origin: 'synthesis', provenance, judge: null, timestamp: null, rank: 0, margin: 0 };
    });
    const { manifest } = assembleDataset({ ...request, gold: [...request.gold, ...written] });
    expect(manifest.written).toEqual([{ ...by, examples: 2 }]);
    expect(manifest.notes.slice(1)).toEqual(['2 examples written by agents, each after a trace and with its answer']);
    const without = assembleDataset(request).manifest;
    expect(without).not.toHaveProperty('written');
    expect(without.notes).toHaveLength(1);
  });

  test('has no replay and about 65 : 35 without a parent', () => {
    const { examples, manifest } = assembleDataset(requestOf(traffic(labels, 400, 60), null));
    expect(share(examples, 'replay')).toBe(0);
    expect(share(examples, 'gold')).toBeCloseTo(0.65, 1);
    expect(manifest.bands.every(({ met }) => met)).toBe(true);
  });

  test('leans to gold for missed labels and to hard negatives for confusions', () => {
    const records = traffic(labels, 400, 60);
    const parent = parentExamples(labels, 40);
    const missed = assembleDataset(requestOf(records, parent, { causes: new Map([['missed-label', 60]]) }));
    const confused = assembleDataset(requestOf(records, parent, { causes: new Map([['label-confusion', 60]]) }));
    expect(share(missed.examples, 'hard-negative')).toBeLessThan(share(confused.examples, 'hard-negative') - 0.03);
    expect(share(missed.examples, 'gold')).toBeGreaterThan(share(confused.examples, 'gold') + 0.03);
  });

  test('uses every failure and every pass that it is given', () => {
    const records = traffic(labels, 300, 40);
    const { examples } = assembleDataset(requestOf(records, parentExamples(labels, 20)));
    const used = new Set(
      examples.flatMap(({ provenance }) => (provenance.kind === 'trace' ? [provenance.traceId] : [])),
    );
    expect(used.size).toBe(records.length);
  });

  test('replays the whole parent dataset in extend, and a part of a large one in complement', () => {
    const records = traffic(labels, 200, 40);
    const parent = parentExamples(labels, 60);
    const extended = assembleDataset(requestOf(records, parent, { mode: 'extend' }));
    const complemented = assembleDataset(requestOf(records, parent));
    const replayed = (examples: readonly Example[]): number =>
      examples.filter(({ slice }) => slice === 'replay').length;
    expect(replayed(extended.examples)).toBe(parent.length);
    expect(replayed(complemented.examples)).toBeLessThan(parent.length / 2);
    expect(extended.manifest.bands.every(({ met }) => met)).toBe(true);
    expect(complemented.manifest.bands.every(({ met }) => met)).toBe(true);
  });

  test('fills a label that has no trace up to its floor from the parent', () => {
    const records = traffic(labels.slice(0, 3), 200, 30);
    const { examples } = assembleDataset(requestOf(records, parentExamples(labels, 9)));
    expect(examples.filter(({ output }) => labelOrNull(output) === 'weather').length).toBeGreaterThanOrEqual(5);
  });

  test('names what stands in the way of a band', () => {
    const passesOnly = assembleDataset(requestOf(traffic(labels, 100, 0), parentExamples(labels, 20)));
    const hard = passesOnly.manifest.bands.find(({ slice }) => slice === 'hard-negative');
    expect(hard).toMatchObject({ met: false, examples: 0, reason: 'there are no passing traces near a failure' });
    expect(passesOnly.manifest.bands.find(({ slice }) => slice === 'gold')).toMatchObject({ met: false });
    expect(passesOnly.manifest.bands.find(({ slice }) => slice === 'gold')?.reason).toContain(
      'passing traces near a failure',
    );
  });

  test('makes a dataset of failures alone, of one label alone and of ten traces', () => {
    const failuresOnly = assembleDataset(requestOf(traffic(labels, 40, 40), null));
    expect(failuresOnly.examples.length).toBe(40);
    expect(failuresOnly.examples.every(({ slice, weight }) => slice === 'gold' && weight === 1)).toBe(true);
    const oneLabel = assembleDataset(
      requestOf(traffic(['card'], 30, 10), null, { task: classificationTask(['card']) }),
    );
    expect(oneLabel.examples.length).toBe(30);
    const ten = assembleDataset(requestOf(traffic(labels, 10, 3), parentExamples(labels, 2)));
    expect(ten.examples.length).toBe(18);
    const nothing = assembleDataset(requestOf([], null));
    expect(nothing.examples).toEqual([]);
    expect(nothing.manifest.bands.map((band) => band.share)).toEqual([0, 0, 0]);
  });

  test('collapses duplicates, and lets a human judgement decide a conflict', () => {
    const records = [
      ...traffic(labels, 60, 10),
      record('a', 'where is my card', 'card', { judge: 'human', timestamp: '2026-01-02T00:00:00Z' }),
      record('b', 'Where  is my CARD', 'balance', { timestamp: '2026-01-05T00:00:00Z' }),
      record('c', 'where is my card', 'balance', { timestamp: '2026-01-06T00:00:00Z' }),
      record('d', 'where is my card', 'card', { timestamp: '2026-01-03T00:00:00Z' }),
    ];
    const { examples, manifest } = assembleDataset(requestOf(records, null));
    const found = examples.filter(({ input }) => input.toLowerCase().includes('my card'));
    expect(found.map(({ output }) => output)).toEqual(['card']);
    expect(manifest.leftOut).toMatchObject({ 'duplicate input': 1, 'conflicting outputs for one input': 2 });
  });

  test('keeps at most three near-duplicates of a label', () => {
    const same = Array.from({ length: 12 }, (_, at) =>
      record(`n${at}`, `please tell me right now how much money is left in my account number${at}`, 'balance'),
    );
    const { examples, manifest } = assembleDataset(requestOf([...traffic(labels, 80, 10), ...same], null));
    expect(examples.filter(({ input }) => input.startsWith('please tell')).length).toBe(3);
    expect(manifest.leftOut['near-duplicate beyond the limit of its group']).toBe(9);
    expect(manifest.controls.find(({ name }) => name === 'near-duplicates')?.met).toBe(true);
  });

  test('refuses a trace that would train the model that judges it, and drops a parent example that would', () => {
    const records = traffic(labels, 60, 10);
    const parent = parentExamples(labels, 20);
    const placed = records.map(placeOf);
    const elsewhere = (input = '') => ({ traceId: 'elsewhere', input, folds: [7], use: 'evidence' }) as const;
    const leak = { ...requestOf(records, parent), placed: [...placed, elsewhere(records[20]?.input)] };
    expect(() => assembleDataset(leak)).toThrowError(expect.objectContaining({ name: 'LeakDetected' }));
    const spared = { ...requestOf(records, parent), placed: [...placed, elsewhere(`${parent[3]?.input} `)] };
    expect(assembleDataset(spared).manifest.leftOut['too close to evidence that it may train']).toBe(1);
  });

  test('has each trace train where its place allows, and a first example everywhere', () => {
    const records = traffic(labels, 60, 10).map((record, at) => ({ ...record, folds: [at % foldCount] }));
    const parent = parentExamples(labels, 20).map((example, at) => (at < 3 ? { ...example, folds: [at, 9] } : example));
    const { examples } = assembleDataset(requestOf(records, parent, { mode: 'extend' }));
    const folds = new Map(records.map((record) => [record.traceId, record.folds]));
    const inherited = new Map(parent.map((example) => [example.exampleId, example.folds]));
    expect(examples).toHaveLength(records.length + parent.length);
    for (const { provenance, folds: own } of examples) {
      if (provenance.kind === 'trace') expect(own).toEqual(folds.get(provenance.traceId));
      if (provenance.kind === 'parent') expect(own).toEqual(inherited.get(provenance.exampleId));
    }
  });

  test('gives what was made of a trace the folds of its trace, and of all that it came out near to', () => {
    const records = traffic(labels, 60, 10).map((record) => ({ ...record, folds: [2] }));
    const other = { ...record('other', 'one two three four five six seven eight nine', 'card'), folds: [5] };
    const handedOn = { ...parentExamples(['card'], 1)[0], input: `${other.input} ten eleven`, folds: [8] } as Example;
    const made = (method: string, input: string): ExampleCandidate => ({
      ...{ input, output: labelOutput('card'), origin: 'synthesis', judge: null, timestamp: null, rank: 0, margin: 0 },
      provenance: { kind: 'synthesis', method, traceId: records[0]?.traceId ?? '', clusterId: 'c' },
    });
    const request = requestOf([...records, other], [handedOn], { mode: 'extend' });
    const gold = [...request.gold, made('near', `${other.input} ten`), made('apart', 'nothing that was seen before')];
    const { examples } = assembleDataset({ ...request, gold });
    const foldsOf = (method: string) =>
      examples.find(({ provenance }) => provenance.kind === 'synthesis' && provenance.method === method)?.folds;
    expect(foldsOf('near')).toEqual([2, 5, 8]);
    expect(foldsOf('apart')).toEqual([2]);
  });

  test('takes nothing that was made in the midst of all folds, which no model may train', () => {
    const near = allFolds.map((fold) => ({
      ...record(`near-${fold}`, `one two three four five six seven eight nine n${fold}`, 'card'),
      folds: [fold],
      use: 'none' as const,
    }));
    const input = 'one two three four five six seven eight nine';
    const probe: ExampleCandidate = {
      ...{ input, output: labelOutput('card'), origin: 'probe', judge: null, timestamp: null, rank: 0, margin: 0 },
      provenance: { kind: 'probe', probeId: 'p', traceId: 'near-0', clusterId: 'c' },
    };
    const request = requestOf(traffic(labels, 40, 8), null);
    const { examples, manifest } = assembleDataset({
      ...request,
      gold: [...request.gold, probe],
      placed: [...request.placed, ...near.map(placeOf)],
    });
    expect(examples.filter((example) => example.input === input)).toEqual([]);
    expect(manifest.leftOut['too close to evidence that it may train']).toBe(1);
  });

  test('brings labels within three times each other as far as the weight limits allow', () => {
    const skewed = Array.from({ length: 300 }, (_, at) => {
      const label = at % 10 < 5 ? 'balance' : at % 10 < 8 ? 'card' : at % 10 < 9 ? 'transfer' : 'weather';
      return record(`s${at}`, text(label, at), label, { answer: at % 7 === 0 ? 'card' : label });
    });
    const { manifest } = assembleDataset(requestOf(skewed, null));
    expect(manifest.controls.find(({ name }) => name === 'label-ratio')).toMatchObject({ met: true });
  });

  test('weighs all alike for the move that asks for it', () => {
    const { examples } = assembleDataset(
      requestOf(traffic(labels, 120, 20), parentExamples(labels, 2), {
        plan: planFor('all-judged-right'),
        mode: 'extend',
      }),
    );
    expect(examples.every(({ weight }) => weight === 1)).toBe(true);
  });

  test('adds label-preserving variants of what fails when it augments', () => {
    const records = traffic(labels, 120, 20);
    const size = (move: string): number =>
      assembleDataset(requestOf(records, null, { plan: planFor(move) })).examples.length;
    expect(size('two-a-pattern')).toBe(size('first') + 40);
    expect(size('three-a-pattern')).toBe(size('first') + 60);
  });

  const material = fc.record({
    traces: fc.integer({ min: 0, max: 80 }),
    failing: fc.integer({ min: 0, max: 100 }),
    labels: fc.integer({ min: 1, max: 4 }),
    perLabel: fc.option(fc.integer({ min: 0, max: 30 })),
    mode: fc.constantFrom('complement' as const, 'extend' as const),
    move: fc.constantFrom('first', 'more-hard-negatives', 'more-boundary-gold', 'all-judged-right', 'three-a-pattern'),
  });
  type Material = typeof material extends fc.Arbitrary<infer T> ? T : never;
  const build = (
    given: Material,
    order: (records: UsableRecord[]) => UsableRecord[] = (records) => records,
  ): AssemblyRequest => {
    const some = labels.slice(0, given.labels);
    const records = order(traffic(some, given.traces, Math.round((given.traces * given.failing) / 100)));
    const parent = given.perLabel === null ? null : parentExamples(some, given.perLabel);
    return requestOf(records, parent, { mode: given.mode, plan: planFor(given.move), task: classificationTask(some) });
  };

  test('whatever the material: valid examples, positive weights of mean 1, each traceable, shares that add up', () => {
    fc.assert(
      fc.property(material, (given) => {
        const request = build(given);
        const { examples, manifest, datasetId } = assembleDataset(request);
        const traces = new Set(
          [...request.gold, ...request.boundary, ...request.hardNegatives].flatMap(({ provenance }) =>
            'traceId' in provenance ? [provenance.traceId] : [],
          ),
        );
        const parents = new Set(request.parent?.examples.map(({ input }) => input));
        for (const example of examples) {
          expect(exampleSchema.safeParse(example).success).toBe(true);
          expect(Number.isFinite(example.weight)).toBe(true);
          expect(example.weight).toBeGreaterThanOrEqual(request.plan.weightLimits.lower - 1e-3);
          expect(example.weight).toBeLessThanOrEqual(request.plan.weightLimits.upper + 1e-3);
          const { provenance } = example;
          expect(
            provenance.kind === 'file'
              ? parents.has(example.input)
              : 'traceId' in provenance && traces.has(provenance.traceId),
          ).toBe(true);
          expect(example.slice === 'replay').toBe(provenance.kind === 'file');
        }
        expect(new Set(examples.map(({ exampleId }) => exampleId)).size).toBe(examples.length);
        expect(datasetId).toBe(datasetIdOf(examples));
        expect(datasetSchema.shape.manifest.safeParse(manifest).success).toBe(true);
        if (examples.length > 0) {
          expect(manifest.bands.reduce((sum, band) => sum + band.share, 0)).toBeCloseTo(1, 6);
          expect(examples.reduce((sum, { weight }) => sum + weight, 0) / examples.length).toBeCloseTo(1, 3);
        }
        expect(manifest.bands.every(({ met, reason }) => met === (reason === ''))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('meets every band where there are passes near failures, gold besides, and a parent to weigh in', () => {
    const enough = fc.record({
      traces: fc.integer({ min: 80, max: 160 }),
      failing: fc.integer({ min: 15, max: 45 }),
      labels: fc.integer({ min: 2, max: 4 }),
      perLabel: fc.integer({ min: 8, max: 40 }),
      mode: fc.constantFrom('complement' as const, 'extend' as const),
      move: fc.constantFrom('first', 'more-hard-negatives'),
    });
    fc.assert(
      fc.property(enough, (given) => {
        const { manifest } = assembleDataset(build(given));
        expect(manifest.bands.filter(({ met }) => !met)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('meets every band whenever weights well inside their limits can, whatever the material', () => {
    let attainable = 0;
    fc.assert(
      fc.property(material, (given) => {
        const request = build(given);
        const { examples, manifest } = assembleDataset(request);
        const { weightLimits } = request.plan;
        const slices = manifest.bands.map(({ examples: count, lower, upper }) => ({
          natural: count / Math.max(1, examples.length),
          lower,
          upper,
          scaleLower: Math.sqrt(weightLimits.lower),
          scaleUpper: Math.sqrt(weightLimits.upper),
        }));
        if (!bandsAttainable(slices)) return;
        attainable += 1;
        expect(manifest.bands.filter(({ met }) => !met)).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(attainable).toBeGreaterThan(0);
  });

  test('gives the same dataset whatever the order of the records', () => {
    fc.assert(
      fc.property(material, fc.integer(), (given, seed) => {
        const shuffled = (records: UsableRecord[]): UsableRecord[] =>
          [...records].sort((a, b) => hash(a.traceId, seed) - hash(b.traceId, seed));
        expect(assembleDataset(build(given, shuffled))).toEqual(assembleDataset(build(given)));
      }),
      { numRuns: 25 },
    );
  });

  test('never lets a model train a near-duplicate of what it judges', () => {
    const drawn = fc.array(fc.tuple(fc.nat(19), fc.nat(foldCount - 1), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(drawn, (held) => {
        const parent = parentExamples(labels, 20).map((example, at) => ({
          ...example,
          folds: at % 3 === 0 ? [4] : [],
        }));
        const evidence = held.map(([at, fold, exact], index) => ({
          traceId: `held-${index}`,
          input: `${parent[at * 4]?.input ?? ''}${exact ? '' : ' indeed'}`,
          folds: [fold],
          use: 'evidence' as const,
        }));
        const request = requestOf(traffic(labels, 40, 8), parent, { mode: 'extend' });
        const { examples } = assembleDataset({ ...request, placed: [...request.placed, ...evidence] });
        expect(examples.length).toBeGreaterThan(40);
        const judged = evidence.map(({ input, folds: [fold = 0] }) => ({ input, fold }));
        expect(leaks(examples, judged)).toEqual([]);
        // The same by every part, as a trainer has it.
        for (const parts of [5, 10] as const) {
          for (let part = 0; part < parts; part += 1) {
            const trained = examples.filter(({ folds }) => !isHeldOut(folds, part, parts));
            const own = judged.filter(({ fold }) => partOf(fold, parts) === part);
            expect(nearDuplicatesOf(trained.map(textOf), own.map(textOf))).toEqual([]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

function hash(value: string, seed: number): number {
  let state = seed | 0;
  for (const character of value) state = Math.imul(state ^ character.charCodeAt(0), 0x9e3779b1);
  return state >>> 0;
}
