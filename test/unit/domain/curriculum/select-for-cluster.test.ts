import { describe, expect, test } from 'vitest';
import { planFor } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import { restCluster, selectForCluster } from '../../../../shared/domain/curriculum/select-for-cluster.ts';
import type { ProbeResult, Weakness } from '../../../../shared/domain/diagnosis/probe.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';
import { parentExamples, record } from './records.ts';

const cluster = { clusterId: 'c1', cause: 'label-confusion', fixability: 'fixable' } as const;
const failures = [
  record('f1', 'move money to my savings account', 'transfer', { answer: 'balance' }),
  record('f2', 'how is my savings account doing', 'balance', { answer: 'transfer' }),
];
const passes = [
  record('p1', 'how much money is in my savings account', 'balance'),
  record('p2', 'send money to my savings', 'transfer'),
  record('p3', 'what is the balance of checking', 'balance'),
  record('p4', 'will it rain tomorrow', 'weather'),
];
const base = {
  cluster,
  weakness: null,
  members: failures,
  passes,
  failingProbes: [],
  parent: [],
  plan: planFor('first'),
  kind: classification,
};
const weakness = {
  clusterId: 'c1',
  probes: 12,
  failed: 1,
  failureRate: 0.1,
  lower: 0,
  upper: 0.3,
  baseRate: 0.1,
  reason: '',
};
const probe: ProbeResult = {
  probeId: 'q1',
  clusterId: 'c1',
  input: 'shift money into savings',
  expected: labelOutput('transfer'),
  method: 'neighbour',
  traceId: 'p2',
  answer: labelOutput('balance'),
  failed: true,
};

describe('selectForCluster', () => {
  test('takes corrected failures as gold, with the right output', () => {
    const { gold } = selectForCluster(base);
    expect(gold.map(({ input, output }) => [input, output])).toEqual([
      ['move money to my savings account', 'transfer'],
      ['how is my savings account doing', 'balance'],
    ]);
  });

  test('looks for no hard negatives where none are wanted', () => {
    const plan = planFor('first', { hardNegativesPerFailure: 0 });
    expect(selectForCluster({ ...base, plan })).toEqual({ ...selectForCluster(base), hardNegatives: [] });
  });

  test('pairs each failure with the nearest pass under the label it was confused with', () => {
    const { hardNegatives } = selectForCluster(base);
    const [first, second] = hardNegatives;
    expect([first, second].map((candidate) => candidate?.provenance)).toMatchObject([
      { traceId: 'p1', why: 'near failing trace f1' },
      { traceId: 'p2', why: 'near failing trace f2' },
    ]);
    expect(hardNegatives.some(({ output }) => labelOrNull(output) === 'weather')).toBe(false);
  });

  test('gives each failure a hard negative of its own while they last', () => {
    const twins = [
      failures[0],
      record('f3', 'move money to my savings account please', 'transfer', { answer: 'balance' }),
    ].flatMap((r) => (r === undefined ? [] : [r]));
    const { hardNegatives } = selectForCluster({ ...base, members: twins });
    expect(hardNegatives.slice(0, 2).every(({ rank }) => rank <= 1)).toBe(true);
    expect(new Set(hardNegatives.map(({ provenance }) => 'traceId' in provenance && provenance.traceId))).toEqual(
      new Set(['p1', 'p3']),
    );
  });

  test('takes passes of any other label for a failure without an answer', () => {
    const silent = [record('f4', 'savings account money', 'transfer', { answer: null })];
    const { hardNegatives } = selectForCluster({ ...base, members: silent });
    expect(hardNegatives[0]?.output).toBe('balance');
    expect(hardNegatives.some(({ output }) => labelOrNull(output) === 'transfer')).toBe(false);
  });

  test('gives nothing for an external cluster', () => {
    const selection = selectForCluster({
      ...base,
      cluster: { ...cluster, fixability: 'external' },
      failingProbes: [probe],
    });
    expect(selection).toMatchObject({ gold: [], hardNegatives: [] });
  });

  test('keeps the gold of a refuted cluster and gives no hard negatives for it', () => {
    const selection = selectForCluster({ ...base, weakness: { ...weakness, verdict: 'refuted' } as Weakness });
    expect(selection.gold.length).toBe(2);
    expect(selection.hardNegatives).toEqual([]);
  });

  test('adds probes that failed to gold', () => {
    const { gold } = selectForCluster({ ...base, failingProbes: [probe, { ...probe, probeId: 'q2', failed: false }] });
    expect(gold.filter(({ origin }) => origin === 'probe').map(({ provenance }) => provenance)).toEqual([
      { kind: 'probe', probeId: 'q1', traceId: 'p2', clusterId: 'c1' },
    ]);
  });

  test.each(['word-swap', 'shorten'])('leaves out a failing probe whose label is a conjecture: %s', (method) => {
    const { gold } = selectForCluster({ ...base, failingProbes: [{ ...probe, method }] });
    expect(gold.some(({ origin }) => origin === 'probe')).toBe(false);
  });

  test('synthesises a hard negative from a parent example only where no trace passes under the label', () => {
    const parent = parentExamples(['card', 'balance'], 3);
    const members = [...failures, record('f5', 'old card lost alpha100001', 'balance', { answer: 'card' })];
    const { hardNegatives, withoutNearPass } = selectForCluster({ ...base, members, parent });
    expect(withoutNearPass).toBe(1);
    const made = hardNegatives.filter(({ origin }) => origin === 'synthesis');
    expect(made.map(({ output }) => output)).toEqual(['card']);
    expect(made[0]?.provenance).toMatchObject({ kind: 'synthesis', traceId: 'f5', clusterId: 'c1' });
  });

  test('looks further for hard negatives where failures are few', () => {
    const many = Array.from({ length: 90 }, (_, at) => record(`m${at}`, `savings account question ${at}`, 'balance'));
    const members = failures.slice(0, 1);
    expect(selectForCluster({ ...base, members, passes: many }).hardNegatives.length).toBe(60);
    const twenty = Array.from({ length: 100 }, (_, at) =>
      record(`g${at}`, `savings account question ${at}`, 'transfer', { answer: 'balance' }),
    );
    const { hardNegatives } = selectForCluster({ ...base, members: twenty, passes: many });
    expect(hardNegatives.filter(({ rank }) => rank <= 1).length).toBeGreaterThan(40);
  });

  test('makes variants only of the failures that remain', () => {
    const plan = planFor('two-a-pattern');
    const made = (remaining?: ReadonlySet<string>): string[] =>
      selectForCluster({ ...base, plan, ...(remaining === undefined ? {} : { remaining }) }).gold.flatMap(
        ({ provenance }) => (provenance.kind === 'synthesis' ? [provenance.traceId] : []),
      );
    expect(made()).toEqual(['f1', 'f1', 'f2', 'f2']);
    expect(made(new Set(['f2']))).toEqual(['f2', 'f2']);
  });

  test('does not depend on the order of its records', () => {
    const turned = selectForCluster({ ...base, members: failures.toReversed(), passes: passes.toReversed() });
    expect(turned).toEqual(selectForCluster(base));
  });

  test('handles a cluster without members and traffic without passes', () => {
    expect(selectForCluster({ ...base, cluster: restCluster, members: [] })).toMatchObject({
      gold: [],
      hardNegatives: [],
    });
    expect(selectForCluster({ ...base, passes: [] })).toMatchObject({ hardNegatives: [], withoutNearPass: 2 });
  });
});
