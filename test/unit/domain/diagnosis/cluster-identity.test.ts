import { describe, expect, test } from 'vitest';
import { type ClusterTrait, identifyClusters, likeness } from '../../../../shared/domain/diagnosis/cluster-identity.ts';

function trait(clusterId: string, given: Partial<ClusterTrait> & { readonly words?: string } = {}): ClusterTrait {
  const { words = '', ...rest } = given;
  const terms = new Map(words.split(' ').map((word, at) => [word, at === 0 ? 3 : 2] as const));
  return { clusterId, expected: 'refund', answered: 'delivery', traceIds: [], terms, ...rest };
}

const identitiesOf = (...runs: readonly (readonly ClusterTrait[])[]) =>
  identifyClusters(runs.map((clusters, at) => ({ run: `run-${at + 1}`, clusters }))).map(({ identity }) => identity);

describe('a cluster keeps its identity', () => {
  test('by the traces that fail again', () => {
    const before = trait('c1', { traceIds: ['a', 'b', 'c'], words: 'rebate' });
    const after = trait('c9', { traceIds: ['b', 'c', 'd', 'e'], words: 'chargeback' });
    expect(identitiesOf([before], [after])).toEqual(['run-1/c1', 'run-1/c1']);
  });

  test('by the words of its texts where all traces are new', () => {
    const before = trait('c1', { traceIds: ['a'], words: 'chargeback rebate recoup' });
    const after = trait('c2', { traceIds: ['z'], words: 'chargeback rebate undo' });
    expect(identitiesOf([before], [after])).toEqual(['run-1/c1', 'run-1/c1']);
  });

  test('over a run in which it was not found', () => {
    const one = trait('c1', { words: 'chargeback rebate' });
    expect(identitiesOf([one], [], [trait('c4', { words: 'chargeback rebate' })])).toEqual(['run-1/c1', 'run-1/c1']);
  });

  test('and gives it to the likest cluster alone', () => {
    const before = trait('c1', { traceIds: ['a', 'b', 'c', 'd'], words: 'rebate' });
    const most = trait('c1', { traceIds: ['a', 'b', 'c'], words: 'undo' });
    const some = trait('c2', { traceIds: ['d', 'x'], words: 'claw' });
    expect(identitiesOf([before], [some, most])).toEqual(['run-1/c1', 'run-2/c2', 'run-1/c1']);
  });

  test('but not where it is about another facet, nor where it shares nothing', () => {
    const before = trait('c1', { traceIds: ['a'], words: 'chargeback' });
    const other = trait('c1', { traceIds: ['a'], words: 'chargeback', expected: 'account' });
    const unlike = trait('c2', { traceIds: ['z'], words: 'parcel' });
    expect(identitiesOf([before], [other, unlike])).toEqual(['run-1/c1', 'run-2/c1', 'run-2/c2']);
  });
});

describe('likeness', () => {
  test('is the share of the smaller one’s traces, or the cosine of the centroids where that is more', () => {
    const ids = (a: string, b: string) =>
      likeness(
        trait('a', { traceIds: a.split(''), words: 'one' }),
        trait('b', { traceIds: b.split(''), words: 'two' }),
      );
    expect(ids('abcd', 'ab')).toBe(1);
    expect(ids('abcd', 'cdef')).toBe(0.5);
    expect(ids('ab', 'cd')).toBe(0);
    const words = likeness(trait('a', { words: 'one two' }), trait('b', { words: 'one three' }));
    expect(words).toBeCloseTo(9 / 13, 10);
  });

  test('of a cluster about several facets goes by its traces', () => {
    const several = trait('a', { traceIds: ['a', 'b'], expected: null, answered: null });
    expect(likeness(several, trait('b', { traceIds: ['a', 'b'] }))).toBe(1);
  });
});
