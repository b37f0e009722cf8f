import { isPlantable, type Planted } from './planted.ts';
import type { GateUnderTest } from './simulate.ts';

export const decisions = 1_000;
export const seed = 1;
export const sizes = [500, 1_000, 2_000] as const;
export const churns = [0.02, 0.05, 0.1] as const;
const truths = [-0.02, -0.01, -0.005, 0, 0.005, 0.01, 0.02, 0.05] as const;

export const cautions: readonly GateUnderTest[] = (['strict', 'normal', 'bold'] as const).map((caution) => ({
  name: caution,
  caution,
  margin: null,
}));
/** That of `normal` caution, a fraction. */
export const normalMargin = 0.0025;
export const margins: readonly GateUnderTest[] = [0, 0.001, 0.0025, 0.005, 0.01].map((margin) => ({
  name: String(100 * margin),
  caution: 'normal',
  margin,
}));

/** The share of decisions, a fraction, that may promote a candidate by how much it is worse. */
export const targets: ReadonlyMap<number, number> = new Map([
  [-0.005, 0.05],
  [-0.01, 0.01],
  [-0.02, 0],
]);

/** Candidates whose changes fall on all labels alike. */
export const even: readonly Planted[] = truths.flatMap((better) =>
  sizes.flatMap((pairs) => churns.map((churn) => ({ better, churn, pairs, falling: 0 })).filter(isPlantable)),
);

/** Candidates that are a point better in all and lose part of one label. */
export const falling: readonly Planted[] = [0.1, 0.2, 0.3, 0.5].flatMap((share) =>
  sizes.map((pairs) => ({ better: 0.01, churn: 0.05, pairs, falling: share })),
);
