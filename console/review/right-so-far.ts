import type { z } from 'zod';
import { formatCount } from '../../shared/domain/base/wording.ts';
import { formatPercent } from '../../shared/loop/report/format.ts';
import type { calibrationResponseSchema } from '../../shared/serving/messages.ts';

export type Calibration = Pick<z.infer<typeof calibrationResponseSchema>, 'overall' | 'labels'>;

/** How often answers were right so far, in words. */
export interface RightSoFar {
  /** Whether it is about answers of the same label; else about all. */
  readonly ofLabel: boolean;
  readonly words: string;
}

/**
 * How often the champion's answers of a label were right on judged traces that it had not seen, with how many and the 95 %
 * interval; of all answers where the answer has no label that any was of. Null where no run has found it.
 */
export function rightSoFar({ overall, labels }: Calibration, output: unknown): RightSoFar | null {
  const own = labels.find(({ label }) => label === output);
  if (own !== undefined && !('ece' in own)) {
    return { ofLabel: true, words: `${formatCount(own.n)} judged, too few to tell` };
  }
  const figure = own ?? overall;
  if (figure === null) return null;
  const { accuracy, interval, n } = figure;
  const range = `${(100 * interval.lower).toFixed(1)}–${formatPercent(interval.upper)}`;
  return { ofLabel: own !== undefined, words: `${formatPercent(accuracy)} of ${formatCount(n)} (${range})` };
}
