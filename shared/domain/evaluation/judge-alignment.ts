import { z } from 'zod';
import { wilsonInterval } from '../base/statistics.ts';
import type { Interval } from '../base/wilson.ts';
import type { Verdict } from '../traces/judgement.ts';

/** What people found of the same answers, and how much of it a judge found too. */
const sharedSchema = z.strictObject({ of: z.int().nonnegative(), agreed: z.int().nonnegative() });

/** How a judge agrees with people on the same answers. */
export const agreementSchema = z.strictObject({
  /** Answers that people passed; those that the judge passed too are its true positives. */
  passes: sharedSchema,
  /** Answers that people failed; those that the judge failed too are its true negatives. */
  fails: sharedSchema,
});
export type Agreement = z.infer<typeof agreementSchema>;

export const leastOfEach = 50;
export const leastRate = 0.9;
export const lowestRate = 0.8;

export function agreementOf(pairs: Iterable<{ readonly human: Verdict; readonly judge: Verdict }>): Agreement {
  const passes = { of: 0, agreed: 0 };
  const fails = { of: 0, agreed: 0 };
  for (const { human, judge } of pairs) {
    const side = human === 'pass' ? passes : fails;
    side.of += 1;
    if (judge === human) side.agreed += 1;
  }
  return { passes, fails };
}

/** A rate with its 95 % Wilson interval. */
export interface AlignedRate extends Interval {
  readonly value: number;
  readonly of: number;
}

export interface Alignment {
  /** Share of what people passed that the judge passes: TPR, its sensitivity. */
  readonly tpr: AlignedRate;
  /** Share of what people failed that the judge fails: TNR, its specificity. */
  readonly tnr: AlignedRate;
  /** Whether its verdicts count. */
  readonly counts: boolean;
  /** Why, in a sentence for people. */
  readonly why: string;
}

/**
 * Whether a judge's verdicts count: on at least 50 passes and 50 fails of people, TPR and TNR are both at least 0.90, and
 * with 95 % certainty (one-sided Wilson bound) neither is below 0.80. Measured anew by each run, so that a judge that
 * grows worse, or traffic that it cannot judge, ends it.
 */
export function alignmentOf({ passes, fails }: Agreement): Alignment {
  const tpr = rateOf(passes);
  const tnr = rateOf(fails);
  const told = { tpr, tnr };
  const few = [
    ...(passes.of < leastOfEach ? [`${passes.of} of ${leastOfEach} passes`] : []),
    ...(fails.of < leastOfEach ? [`${fails.of} of ${leastOfEach} fails`] : []),
  ];
  if (few.length > 0) {
    return {
      ...told,
      counts: false,
      why: `It and people have judged too few of the same answers: ${few.join(' and ')}.`,
    };
  }
  const sides = [
    { what: 'right', side: passes, rate: tpr },
    { what: 'wrong', side: fails, rate: tnr },
  ];
  const low = sides.find(({ side, rate }) => rate.value < leastRate || surelyAbove(side) < lowestRate);
  if (low !== undefined) {
    const why = `Of what people found ${low.what} it finds ${percent(low.rate.value)} (${low.side.agreed} of ${low.side.of}); at least ${percent(leastRate)}, and surely ${percent(lowestRate)}, is asked for.`;
    return { ...told, counts: false, why };
  }
  const why = `It finds right ${percent(tpr.value)} of what people found right, and wrong ${percent(tnr.value)} of what they found wrong.`;
  return { ...told, counts: true, why };
}

function rateOf({ of, agreed }: Agreement['passes']): AlignedRate {
  return { value: of === 0 ? 0 : agreed / of, of, ...wilsonInterval(agreed, of) };
}

/** The one-sided bound at 95 %: the lower end of the two-sided interval at 90 %. */
function surelyAbove({ of, agreed }: Agreement['passes']): number {
  return wilsonInterval(agreed, of, 0.9).lower;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** A share of right answers, corrected for a judge's own errors, with its 95 % interval. */
export interface CorrectedRate extends Interval {
  readonly value: number;
}

const z95 = 1.959963984540054;

/**
 * The share of right answers behind a judge's verdicts: p = (passed + TNR − 1) / (TPR + TNR − 1) (Rogan and Gladen,
 * American Journal of Epidemiology 107, 1978). The interval takes into account that TPR and TNR are estimates (Lang and
 * Reiczigel, Preventive Veterinary Medicine 113(1), 2014, pages 13–22, equations 16 and 17; their equation 4 has
 * (1 + p)² where (1 − p)² is meant).
 * @param said how many answers the judge has passed, of all that it judged
 * @returns null where nothing was judged, or the judge tells right from wrong no better than by chance
 */
export function correctedRate(
  said: { readonly passes: number; readonly of: number },
  { passes, fails }: Agreement,
): CorrectedRate | null {
  if (said.of === 0 || passes.of === 0 || fails.of === 0) return null;
  const youden = passes.agreed / passes.of + fails.agreed / fails.of - 1;
  if (youden <= 0) return null;
  const value = clamp((said.passes / said.of + fails.agreed / fails.of - 1) / youden);
  const z2 = z95 * z95;
  const n = said.of + z2;
  const p = (said.passes + z2 / 2) / n;
  const [tpr, nTpr] = [(passes.agreed + 1) / (passes.of + 2), passes.of + 2];
  const [tnr, nTnr] = [(fails.agreed + 1) / (fails.of + 2), fails.of + 2];
  const slope = tpr + tnr - 1;
  if (slope <= 0) return null;
  const centre = (p + tnr - 1) / slope;
  const [ofTpr, ofTnr] = [(tpr * (1 - tpr)) / nTpr, (tnr * (1 - tnr)) / nTnr];
  const shift = 2 * z2 * (centre * ofTpr - (1 - centre) * ofTnr);
  const half = (z95 * Math.sqrt((p * (1 - p)) / n + centre ** 2 * ofTpr + (1 - centre) ** 2 * ofTnr)) / slope;
  return { value, lower: clamp(centre + shift - half), upper: clamp(centre + shift + half) };
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
