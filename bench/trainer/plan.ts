import type { CorpusName } from './corpora.ts';
import type { FeatureSet, Method } from './measurement.ts';

/** One process to be measured. */
export interface Measurement {
  readonly corpus: CorpusName;
  readonly features: FeatureSet;
  readonly method: Method;
  readonly seed: number;
}

const seeds = [1, 2, 3] as const;
const rivals = ['ratchet', 'linear-svc'] as const;
const others = ['linear-svc-threads', 'calibrated-temperature', 'calibrated-sigmoid', 'logistic-regression'] as const;

/** Everything, what the targets speak of first, the slowest last. */
export const fullPlan: readonly Measurement[] = [
  ...rows('clinc150', 'n-grams', rivals, seeds),
  ...rows('clinc150', 'n-grams+use-lite', rivals, seeds),
  ...rows('snips', 'n-grams', rivals, seeds),
  ...rows('snips', 'n-grams+use-lite', rivals, seeds),
  ...rows('clinc150-100k', 'n-grams', rivals, [1]),
  ...rows('clinc150', 'n-grams', others, [1]),
  ...rows('snips', 'n-grams', others, [1]),
  ...rows('clinc150-100k', 'n-grams+use-lite', rivals, [1]),
  ...rows('clinc150', 'n-grams+use-lite', ['calibrated-temperature', 'logistic-regression'], [1]),
  ...rows('clinc150-100k', 'n-grams', rivals, seeds.slice(1)),
];

/** Enough to see that the benchmark works. */
export const quickPlan: readonly Measurement[] = rows(
  'snips',
  'n-grams',
  ['ratchet', 'linear-svc', 'calibrated-temperature'],
  [1],
);

function rows(
  corpus: CorpusName,
  features: FeatureSet,
  methods: readonly Method[],
  of: readonly number[],
): Measurement[] {
  return of.flatMap((seed) => methods.map((method) => ({ corpus, features, method, seed })));
}
