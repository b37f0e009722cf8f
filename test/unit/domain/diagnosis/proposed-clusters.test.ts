import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClusterRules,
  checkClusters,
  type ProposedCluster,
} from '../../../../shared/domain/diagnosis/proposed-clusters.ts';

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `t${from + at}`);

const homes = [
  { clusterId: 'c1', cause: 'label-confusion', traceIds: ids(0, 10) },
  { clusterId: 'c2', cause: 'missed-label', traceIds: ids(10, 20) },
  { clusterId: 'c3', cause: 'ambiguous', traceIds: ids(20, 30) },
] as const;

const rules: ClusterRules = {
  sources: new Map<string, { traceIds: readonly string[] }>([
    ...homes.map((home) => [home.clusterId, home] as const),
    ['g1', { traceIds: ids(0, 4) }],
    ['g2', { traceIds: ids(2, 5) }],
    ['g3', { traceIds: ids(5, 12) }],
    ['g4', { traceIds: ids(30, 40) }],
  ]),
  homes,
  causes: ['label-confusion', 'missed-label', 'ambiguous', 'length'],
  smallest: 3,
  most: 4,
};

function cluster(members: string[], change: Partial<ProposedCluster> = {}): ProposedCluster {
  return { title: 'a title', cause: 'label-confusion', why: 'a reason', members, ...change };
}

const why = (...proposed: ProposedCluster[]) => checkClusters(proposed, rules).refused.map((one) => one.why);

describe('clusters that are proposed', () => {
  test('stand where they merge clusters and take groups out of them', () => {
    const { accepted, refused } = checkClusters([cluster(['c1', 'c2']), cluster(['g4'], { cause: 'length' })], rules);
    expect(refused).toEqual([]);
    expect(accepted.map(({ traceIds }) => traceIds)).toEqual([ids(0, 20), ids(30, 40)]);
    expect(accepted[1]?.cause).toBe('length');
  });

  test.each([
    ['ids that are not here', [cluster(['c1', 't0', 'c9'])], /2 of its ids are not here: "t0", "c9"/],
    [
      'a cause that the task does not have',
      [cluster(['c1'], { cause: 'sabotage' })],
      /no cause "sabotage"; there are label-confusion/,
    ],
    ['too few failures', [cluster(['g4']), cluster(['g4'])], /has 0 failures that no other cluster has, and needs 3/],
    [
      'a rest too small to stand alone',
      [cluster(['c1']), cluster(['g3', 'c2']), cluster(['g1', 'g2'])],
      /has 0 failures/,
    ],
    ['failures that training can mend beside others', [cluster(['c2', 'c3'])], /mixes what training can mend/],
    ['more clusters than allowed', [cluster(['g1']), cluster(['g4'])], /there would be 5 clusters, and at most 4/],
  ])('are refused for %s', (_, proposed, words) => {
    expect(why(...proposed).at(-1)).toMatch(words);
  });

  test('are refused where they leave too little of a cluster behind', () => {
    const near = { ...rules, sources: new Map([['g5', { traceIds: ids(0, 8) }]]) };
    expect(checkClusters([cluster(['g5'])], near).refused[0]?.why).toMatch(/leaves 2 failures of c1 behind/);
  });

  test('put each failure in one cluster at most, none too small, whatever is proposed', () => {
    const proposals = fc.array(
      fc.record({
        title: fc.string({ minLength: 1 }),
        cause: fc.constantFrom('label-confusion', 'ambiguous', 'length', 'nonsense'),
        why: fc.string({ minLength: 1 }),
        members: fc.array(fc.constantFrom('c1', 'c2', 'c3', 'g1', 'g2', 'g3', 'g4', 'no'), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(proposals, (proposed) => {
        const { accepted, refused } = checkClusters(proposed, rules);
        expect(accepted.length + refused.length).toBe(proposed.length);
        const taken = accepted.flatMap(({ traceIds }) => traceIds);
        expect(new Set(taken).size).toBe(taken.length);
        const rest = homes.map(({ traceIds }) => traceIds.filter((id) => !taken.includes(id)).length);
        for (const size of [...accepted.map(({ traceIds }) => traceIds.length), ...rest.filter((size) => size > 0)]) {
          expect(size).toBeGreaterThanOrEqual(rules.smallest);
        }
        if (accepted.length > 0)
          expect(accepted.length + rest.filter((size) => size > 0).length).toBeLessThanOrEqual(rules.most);
      }),
    );
  });
});
