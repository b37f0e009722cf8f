import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Output } from '../../../../shared/domain/base/output.ts';
import { planFor } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import type { ExampleCandidate } from '../../../../shared/domain/curriculum/example-candidate.ts';
import { NearPasses, nearPassesOf } from '../../../../shared/domain/curriculum/near-passes.ts';
import {
  type ClusterSelectionRequest,
  selectForCluster,
} from '../../../../shared/domain/curriculum/select-for-cluster.ts';
import type { ProbeResult } from '../../../../shared/domain/diagnosis/probe.ts';
import type { Example } from '../../../../shared/domain/models/example.ts';
import type { UsableRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { record } from './records.ts';

const select = (request: Partial<ClusterSelectionRequest>) =>
  selectForCluster({
    cluster: { clusterId: 'c1', cause: 'label-confusion', fixability: 'fixable' },
    weakness: null,
    members: [],
    passes: [],
    failingProbes: [],
    parent: [],
    plan: planFor('first'),
    kind: classification,
    ...request,
  });
/** A failure that was answered with `b`, or as given. */
const failure = (id: string, input: string, answer: string | null = 'b'): UsableRecord =>
  record(id, input, 'a', { answer });
const pass = (id: string, input: string, label = 'b'): UsableRecord => record(id, input, label);
const traceOf = ({ provenance }: ExampleCandidate): string => ('traceId' in provenance ? provenance.traceId : '');
const tracesOf = (candidates: readonly ExampleCandidate[]): string[] => candidates.map(traceOf);
const whyOf = ({ provenance }: ExampleCandidate): string => (provenance.kind === 'trace' ? provenance.why : '');

describe('gold of a cluster', () => {
  test('says what the champion answered, and passes over members that pass', () => {
    const members = [failure('f2', 'two', null), failure('f1', 'one'), pass('p1', 'three', 'a')];
    const { gold } = select({ members });
    expect(gold.map((one) => [traceOf(one), whyOf(one), one.rank])).toEqual([
      ['f1', 'corrected failure: answered b', 0],
      ['f2', 'corrected failure: answered nothing', 1],
    ]);
  });

  test('takes probes in order of their inputs, as nobody’s judgement', () => {
    const probe = (probeId: string, input: string): ProbeResult => ({
      probeId,
      clusterId: 'c1',
      input,
      expected: labelOutput('a'),
      method: 'neighbour',
      traceId: 'elsewhere',
      answer: labelOutput('b'),
      failed: true,
    });
    const { gold } = select({ failingProbes: [probe('q2', 'two'), probe('q1', 'one'), probe('q3', 'three')] });
    expect(gold.map(({ input }) => input)).toEqual(['one', 'three', 'two']);
    expect(gold[0]).toEqual({
      input: 'one',
      output: 'a',
      origin: 'probe',
      provenance: { kind: 'probe', probeId: 'q1', traceId: 'elsewhere', clusterId: 'c1' },
      judge: null,
      timestamp: null,
      rank: 0,
      margin: 0,
    });
  });

  test('takes variants with the label of their failure, as nobody’s judgement', () => {
    const members = [failure('f1', 'where is my card')];
    const { gold } = select({ members, plan: planFor('two-a-pattern') });
    expect(gold[1]).toEqual({
      input: 'whree is my card',
      output: 'a',
      origin: 'synthesis',
      provenance: { kind: 'synthesis', method: 'typo', traceId: 'f1', clusterId: 'c1' },
      judge: null,
      timestamp: null,
      rank: 0,
      margin: 0,
    });
    expect(gold).toHaveLength(3);
  });
});

describe('hard negatives of a cluster', () => {
  test('rank by dissimilarity: a failure’s own from 0 to 1, those further off behind it', () => {
    const { hardNegatives } = select({
      members: [failure('f1', 'send money home today')],
      passes: [pass('p3', 'send it'), pass('p1', 'send money home today'), pass('p2', 'send money home')],
    });
    expect(tracesOf(hardNegatives)).toEqual(['p1', 'p2', 'p3']);
    const [own, second, third] = hardNegatives.map(({ rank }) => rank);
    expect(own).toBeCloseTo(0, 6);
    expect(second).toBeGreaterThan(2);
    expect(second).toBeLessThan(3);
    expect(third).toBeGreaterThan(3);
    expect(third).toBeLessThan(4);
  });

  test('name the failure that they are nearest to; the first of several alike', () => {
    const passes = ['p1', 'p2', 'p3'].map((id) => pass(id, 'send money home'));
    const members = [failure('f2', 'send money'), failure('f1', 'send money')];
    const { hardNegatives } = select({ members, passes });
    expect(hardNegatives.map((one) => [traceOf(one), whyOf(one)])).toEqual([
      ['p1', 'near failing trace f1'],
      ['p2', 'near failing trace f2'],
      ['p3', 'near failing trace f1'],
    ]);
    const [first, second, third] = hardNegatives.map(({ rank }) => rank);
    expect(first).toBe(second);
    expect(third).toBeGreaterThan(2 + (first ?? 0));
  });

  test('are never failures, even where some are given as passes', () => {
    const { hardNegatives, withoutNearPass } = select({
      members: [failure('f1', 'send money')],
      passes: [record('f8', 'send money home', 'b', { answer: 'a' }), pass('p1', 'send it')],
    });
    expect(tracesOf(hardNegatives)).toEqual(['p1']);
    expect(withoutNearPass).toBe(0);
  });

  test('of a failure without an answer come from any other label, nearest first', () => {
    const { hardNegatives, withoutNearPass } = select({
      members: [failure('f1', 'send money home', null), failure('f2', 'block card', 'c')],
      passes: [
        pass('p1', 'send money', 'b'),
        pass('p2', 'send money home', 'a'),
        pass('p3', 'send money home', 'c'),
        pass('p4', 'block card', 'b'),
        pass('p5', 'block card now', 'c'),
      ],
    });
    expect(hardNegatives.filter((one) => whyOf(one).endsWith('f1')).map(traceOf)).toEqual(['p3', 'p1']);
    expect(hardNegatives.filter((one) => whyOf(one).endsWith('f2')).map(traceOf)).toEqual(['p5']);
    expect(withoutNearPass).toBe(0);
  });

  test('are passes that share nothing with the failure where no other of the label is left', () => {
    const passes = [pass('p0', 'send money', 'c'), pass('p1', 'ждать'), pass('p2', 'хлеб')];
    const selected = (...members: UsableRecord[]) => select({ members, passes });
    const one = selected(failure('f1', 'send money'));
    expect(one.hardNegatives.map((candidate) => [traceOf(candidate), candidate.rank])).toEqual([['p1', 1]]);
    const two = selected(failure('f1', 'send money'), failure('f2', 'send cash'));
    expect(two.hardNegatives.map((candidate) => [traceOf(candidate), whyOf(candidate)])).toEqual([
      ['p1', 'near failing trace f1'],
      ['p2', 'near failing trace f2'],
    ]);
    const three = selected(failure('f1', 'send money'), failure('f2', 'send cash'), failure('f3', 'send it'));
    expect(three.hardNegatives).toHaveLength(2);
    expect(three.withoutNearPass).toBe(0);
    expect(select({ members: [failure('f1', 'send money', 'd')], passes }).withoutNearPass).toBe(1);
  });

  test('are no passes that share nothing with a failure where others do', () => {
    const passes = [pass('p1', 'ждать'), pass('p2', 'send it'), pass('p3', 'хлеб')];
    expect(tracesOf(select({ members: [failure('f1', 'send money')], passes }).hardNegatives)).toEqual(['p2']);
  });

  test('do not depend on labels that nobody was confused with', () => {
    const members = [failure('f1', 'where is my card')];
    const other = ['where is my house', 'where is it', 'card'];
    const passes = [pass('p1', 'where is it'), pass('p2', 'my card')];
    const without = select({ members, passes });
    expect(select({ members, passes: [...passes, ...other.map((input, at) => pass(`q${at}`, input, 'c'))] })).toEqual(
      without,
    );
    const parent = [example('e1', 'where was my card', 'b')];
    expect(
      select({ members, parent: [...parent, ...other.map((input, at) => example(`o${at}`, input, 'c'))] }),
    ).toEqual(select({ members, parent }));
  });

  test('of one rank are in order of their inputs', () => {
    const { hardNegatives } = select({
      members: [failure('f1', 'zz'), failure('f2', 'qq')],
      passes: [pass('p1', 'zz'), pass('p2', 'qq')],
    });
    expect(hardNegatives.map(({ input }) => input)).toEqual(['qq', 'zz']);
    expect(new Set(hardNegatives.map(({ rank }) => rank)).size).toBe(1);
  });

  test.each([
    [1, 60],
    [9, 60],
    [20, 30],
    [40, 15],
    [100, 8],
  ])('of %i failures are looked up %i deep each', (failures, deep) => {
    const members = Array.from({ length: failures }, (_, at) => failure(`f${at}`, 'send money home'));
    const passes = Array.from({ length: 120 }, (_, at) => pass(`p${at}`, `send money n${at}`));
    expect(select({ members, passes }).hardNegatives).toHaveLength(deep);
  });

  test('are the same however many passes there are to compare with', () => {
    const members = [failure('f1', 'send money home')];
    const near = [pass('a1', 'send money home now'), pass('a2', 'send money')];
    const far = (count: number): UsableRecord[] =>
      Array.from({ length: count }, (_, at) => pass(`p${at}`, `send x${at}`));
    const nearest = (count: number): string[] =>
      tracesOf(select({ members, passes: [...far(count), ...near] }).hardNegatives).slice(0, 2);
    expect(nearest(1_998)).toEqual(['a1', 'a2']);
    expect(nearest(2_100)).toEqual(['a1', 'a2']);
  });

  test('do not depend on the order of what is given, twins included', () => {
    const words = ['send', 'money', 'card', 'block'];
    const input = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((list) => list.join(' '));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(input, fc.constantFrom('b', 'c', null)), { maxLength: 6 }),
        fc.array(fc.tuple(input, fc.constantFrom('a', 'b')), { maxLength: 12 }),
        fc.array(fc.tuple(input, fc.constantFrom('b', 'c')), { maxLength: 6 }),
        (failing, passing, inherited) => {
          const members = failing.map(([text, answer], at) => failure(`f${at}`, text, answer));
          const passes = passing.map(([text, label], at) => pass(`p${at}`, text, label));
          const parent = inherited.map(([text, output], at) => example(`e${at}`, text, output));
          const selected = select({ members, passes, parent });
          expect(
            select({ members: members.toReversed(), passes: passes.toReversed(), parent: parent.toReversed() }),
          ).toEqual(selected);
          for (const { output, provenance } of selected.hardNegatives) {
            const why = provenance.kind === 'trace' ? provenance.why.split(' ').at(-1) : provenance.kind;
            const claimant = members.find(({ traceId }) => traceId === why);
            if (claimant === undefined) continue;
            const label = labelOf(output);
            expect(claimant.answer === null ? label !== 'a' : label === labelOf(claimant.answer)).toBe(true);
          }
        },
      ),
    );
  });
});

function example(exampleId: string, input: string, output: string): Example {
  return {
    exampleId,
    input,
    output: labelOutput(output),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: 1 },
    folds: [],
  };
}

describe('a hard negative made of a parent example', () => {
  test('is a variant of the nearest one of the confused label, and says so', () => {
    const { hardNegatives } = select({
      members: [failure('f1', 'where is my card')],
      parent: [
        example('e1', 'where is my money', 'c'),
        example('e2', 'nothing alike', 'b'),
        example('e3', 'where is my card', 'b'),
      ],
    });
    expect(hardNegatives).toEqual([
      {
        input: 'whree is my card',
        output: 'b',
        origin: 'synthesis',
        provenance: { kind: 'synthesis', method: 'typo', traceId: 'f1', clusterId: 'c1' },
        judge: null,
        timestamp: null,
        rank: expect.closeTo(0, 6),
        margin: 0,
      },
    ]);
  });

  test('ranks by dissimilarity', () => {
    const { hardNegatives } = select({
      members: [failure('f1', 'where is my card')],
      parent: [example('e1', 'where is the money now', 'b')],
    });
    expect(hardNegatives[0]?.rank).toBeGreaterThan(0);
    expect(hardNegatives[0]?.rank).toBeLessThan(1);
  });

  test('is made of each parent example once, of the first of several alike, and of the label each failure asks for', () => {
    const parent = [
      example('e2', 'where is my card please', 'b'),
      example('e1', 'where is my card', 'b'),
      example('e3', 'where is my money', 'c'),
      example('e4', 'where is my house', 'a'),
    ];
    const members = [
      failure('f1', 'where is my card'),
      failure('f2', 'where is my card'),
      failure('f3', 'where is my card'),
      failure('f4', 'where is my card', 'c'),
    ];
    const made = (given: readonly UsableRecord[]): unknown[] =>
      select({ members: given, parent })
        .hardNegatives.map((one) => [traceOf(one), one.output])
        .sort();
    expect(made(members)).toEqual([
      ['f1', 'b'],
      ['f2', 'b'],
      ['f4', 'c'],
    ]);
    expect(made([failure('f5', 'where is my house', null)])).toEqual([['f5', expect.not.stringMatching('a')]]);
  });

  test('is none where the parent has nothing alike, or nothing that can be varied', () => {
    const members = [failure('f1', '12 34')];
    expect(select({ members, parent: [example('e1', 'хлеб', 'b')] }).hardNegatives).toEqual([]);
    expect(select({ members, parent: [example('e1', '12 34', 'b')] }).hardNegatives).toEqual([]);
    expect(select({ members, parent: [example('e1', '12 34 a', 'b')] }).hardNegatives).toHaveLength(1);
  });

  test('is none where a trace passes under the label', () => {
    const { hardNegatives } = select({
      members: [failure('f1', 'where is my card')],
      passes: [pass('p1', 'хлеб')],
      parent: [example('e1', 'where is my card', 'b')],
    });
    expect(tracesOf(hardNegatives)).toEqual(['p1']);
  });
});

describe('passes near a text', () => {
  /** The label `a+b` stands for an output with two facets. */
  const kind = { facets: (output: Output) => labelOf(output).split('+') };
  const passes = [
    pass('p4', 'send money abroad', 'c'),
    pass('p2', 'send money', 'a+b'),
    pass('p1', 'send a card', 'a'),
    pass('p3', 'lock the card', 'b'),
    failure('p0', 'send money home'),
  ];
  const near = new NearPasses(passes, kind);
  const named = (found: readonly { index: number }[]) => found.map(({ index }) => near.passes[index]?.traceId);

  test('are those that pass, of the facets asked for, each once, the nearest first', () => {
    expect(named(near.nearest('send money', { kind: 'with', facets: ['a'] }, 9))).toEqual(['p2', 'p1']);
    expect(named(near.nearest('send money card', { kind: 'with', facets: ['a', 'b'] }, 9))).toEqual(['p2', 'p1', 'p3']);
    expect(named(near.nearest('send money card', { kind: 'with', facets: ['a', 'b'] }, 2))).toEqual(['p2', 'p1']);
    expect(near.nearest('send money', { kind: 'with', facets: ['d'] }, 9)).toEqual([]);
    expect(near.nearest('send money', { kind: 'with', facets: [] }, 9)).toEqual([]);
  });

  test('are all but some, or any', () => {
    expect(named(near.nearest('send money', { kind: 'other-than', facets: ['a'] }, 9))).toEqual(['p2', 'p4']);
    expect(named(near.nearest('send money', { kind: 'other-than', facets: ['a', 'b'] }, 9))).toEqual(['p4']);
    expect(named(near.nearest('send money', { kind: 'any' }, 9))).toEqual(['p2', 'p4', 'p1']);
  });

  test('of several facets are ordered and told by the likeness among those of the facet where they are nearest', () => {
    const text = 'send money card';
    const similarityOf = (id: string, ...facets: string[]) =>
      near.nearest(text, { kind: 'with', facets }, 9).find(({ index }) => near.passes[index]?.traceId === id)
        ?.similarity ?? 0;
    const [amongA, amongB] = [similarityOf('p2', 'a'), similarityOf('p2', 'b')];
    expect(amongA).not.toBeCloseTo(amongB, 3);
    for (const facets of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      expect(similarityOf('p2', ...facets)).toBe(Math.max(amongA, amongB));
      const found = near.nearest(text, { kind: 'with', facets }, 9);
      expect(found.map(({ similarity }) => similarity)).toEqual(
        found.map(({ similarity }) => similarity).sort((a, b) => b - a),
      );
      expect(named(found)).toHaveLength(3);
    }
    const equal = new NearPasses([pass('p2', 'hello there', 'a'), pass('p1', 'hello there', 'b')], kind);
    const both = equal.nearest('hello there', { kind: 'with', facets: ['a', 'b'] }, 1);
    expect(both.map(({ index }) => equal.passes[index]?.traceId)).toEqual(['p1']);
  });

  test('are looked for by the same indexes while the passes are the same', () => {
    const same = nearPassesOf(passes, kind);
    expect(nearPassesOf(passes, kind)).toBe(same);
    expect(nearPassesOf([...passes], kind)).not.toBe(same);
  });
});
