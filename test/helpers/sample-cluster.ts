import type { Cluster } from '../../shared/domain/diagnosis/taxonomy.ts';

/** A cluster of spam that was taken for ham, but for what is told. */
export function sampleCluster(change: Partial<Cluster> = {}): Cluster {
  return {
    clusterId: 'c1',
    title: 'spam taken for ham',
    size: 1,
    cause: 'noise',
    fixability: 'fixable',
    expected: 'spam',
    answered: 'ham',
    pattern: null,
    keywords: [],
    profile: [],
    evidence: [],
    traceIds: [],
    exampleIds: [],
    ...change,
  };
}
