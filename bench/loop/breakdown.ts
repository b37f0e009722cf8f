import { z } from 'zod';
import { builtInFoundationSchema } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';

/**
 * What one stage took. Where stages work side by side, their time is shared out evenly, so that the stages add up to
 * the run.
 */
export const stageFiguresSchema = z.object({
  stage: z.string(),
  /** How often it was begun: Map items and iterations. */
  items: z.int(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  /** Most that the process held while the stage worked, what earlier stages left behind included. */
  peakMiB: z.number(),
});
export type StageFigures = z.infer<typeof stageFiguresSchema>;

/** One run of the loop. */
export const breakdownSchema = z.object({
  foundation: builtInFoundationSchema,
  /** Judged traces, ingested before. */
  size: z.int(),
  decision: z.enum(['promoted', 'kept']),
  reason: z.string(),
  iterations: z.int(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMiB: z.number(),
  /** Load average of the machine over the minute before. */
  load: z.number(),
  /** In the order in which they were first begun. */
  stages: z.array(stageFiguresSchema),
  /** A process of its own, before the run. */
  ingest: z.object({ seconds: z.number(), cpuSeconds: z.number(), peakMiB: z.number() }),
});
export type Breakdown = z.infer<typeof breakdownSchema>;

/** What the process of the run itself can say. */
export const runFiguresSchema = breakdownSchema.omit({ ingest: true, foundation: true, size: true });
export const ingestFiguresSchema = breakdownSchema.shape.ingest;
