import { z } from 'zod';
import type { Run } from '../../domain/models/run.ts';
import { readJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { type ReviewReason, reviewFile, reviewReasons } from '../state/review.ts';

/** What a run's review.jsonl holds. */
export interface ToReview {
  /** Object key of the file. */
  readonly key: string;
  /** Its lines by reason, most doubtful first; reasons without a line left out. */
  readonly reasons: readonly { readonly why: ReviewReason; readonly count: number }[];
}

const lineSchema = z.object({ metadata: z.object({ review: z.object({ why: z.enum(reviewReasons) }) }) });

/** Counts the lines of the review.jsonl beside a run's report; null where there is none. */
export async function toReview(
  { reportKey }: Pick<Run, 'reportKey'>,
  { objects }: Pick<Ports, 'objects'>,
): Promise<ToReview | null> {
  if (reportKey === null) return null;
  const key = reportKey.replace(/[^/]+$/, reviewFile);
  if (!(await objects.list(key)).includes(key)) return null;
  const lines = await readJsonl(objects, key, lineSchema);
  const reasons = reviewReasons.map((why) => ({
    why,
    count: lines.filter(({ metadata }) => metadata.review.why === why).length,
  }));
  return { key, reasons: reasons.filter(({ count }) => count > 0) };
}
