/** A promotion whose worth is known, and the traffic that it is watched by. Shares are fractions. */
export interface Planted {
  readonly test: 'shadow' | 'canary';
  /** By how much the new champion's true accuracy is below its predecessor's; below zero it is better. */
  readonly worse: number;
  /** Share of the inputs that only one of the two has right, in truth. */
  readonly churn: number;
  /** Share of the inputs that the new champion has right. */
  readonly accuracy: number;
  /** Chance that a right, and that a wrong, answer is judged. */
  readonly judged: { readonly right: number; readonly wrong: number };
  /** Whether who judges an answer wrong says what is right; for a canary. */
  readonly corrects: boolean;
  /** Share of the requests that the new champion answers; for a canary. */
  readonly share: number;
}

const everything = { right: 1, wrong: 1 };
const usual = { churn: 0.06, accuracy: 0.88, judged: everything, corrects: true, share: 0.2 } as const;

/** What a promotion may be worth: better, as good, worse. */
export const worths = [-0.02, 0, 0.01, 0.02, 0.03, 0.05] as const;

export const shadows: readonly Planted[] = [0.06, 0.1].flatMap((churn) =>
  worths.map((worse) => ({ ...usual, test: 'shadow' as const, churn, worse })),
);

/** Who judges, in words, with the chances of a right and of a wrong answer. */
export const judges: readonly { readonly who: string; readonly judged: Planted['judged'] }[] = [
  { who: 'all answers', judged: everything },
  { who: 'one in five, at random', judged: { right: 0.2, wrong: 0.2 } },
  { who: 'one in two, at random', judged: { right: 0.5, wrong: 0.5 } },
  { who: 'all that are wrong, one in two of the right', judged: { right: 0.5, wrong: 1 } },
  { who: 'all that are wrong, one in ten of the right', judged: { right: 0.1, wrong: 1 } },
  { who: 'three in ten that are wrong, nothing else', judged: { right: 0, wrong: 0.3 } },
];

export const picked: readonly (Planted & { readonly who: string })[] = judges.flatMap(({ who, judged }) =>
  [-0.02, 0, 0.05].map((worse) => ({ ...usual, test: 'shadow' as const, worse, judged, who })),
);

export const canaries: readonly (Planted & { readonly who: string })[] = [
  { who: 'all answers', judged: everything, corrects: true },
  { who: 'one in five, at random', judged: { right: 0.2, wrong: 0.2 }, corrects: true },
  { who: 'three in ten that are wrong, nothing else', judged: { right: 0, wrong: 0.3 }, corrects: false },
].flatMap(({ who, judged, corrects }) =>
  [0.2, 0.5].flatMap((share) =>
    [-0.03, 0, 0.03, 0.05, 0.1].map((worse) => ({
      ...usual,
      test: 'canary' as const,
      churn: 0.1,
      worse,
      judged,
      corrects,
      share,
      who,
    })),
  ),
);
