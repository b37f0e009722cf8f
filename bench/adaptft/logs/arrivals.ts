import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { RandomStream } from '../../../shared/ports/random.ts';
import { between } from '../perturbations/edit.ts';

/** When a log arrives and how long its answer takes; milliseconds. */
export interface Arrival {
  readonly at: number;
  readonly latencyMs: number;
  /** The first try ran into the time limit; the log is the second one. */
  readonly timedOutFirst: boolean;
}

const dayMs = 86_400_000;
/** Medians and spreads (of the logarithm) of the time between arrivals and of an answer's latency. */
const gap = { medianMs: 90_000, sigma: 1.1 };
const latency = { medianMs: 140, sigma: 0.45 };
/** Share of arrivals that begin a batch: a job that sends its inputs all at once, and waits for them in a queue. */
const batchShare = 0.02;
const queueMs = 22;
const timeoutShare = 0.015;
/** A call is given up after this. */
export const timeoutMs = 10_000;

/** Arrival times in order, from the beginning of the stage's window on. */
export function arrivals(count: number, stage: number, random: RandomStream): Arrival[] {
  const result: Arrival[] = [];
  let now = Date.UTC(2026, 0, 5, 8) + stage * 30 * dayMs;
  let batch = 0;
  let queued = 0;
  for (let index = 0; index < count; index += 1) {
    if (batch > 0) {
      batch -= 1;
      queued += 1;
      now += 1;
    } else {
      now += logNormal(gap, random);
      queued = 0;
      batch = random.next() < batchShare ? between(5, 20, random) : 0;
    }
    result.push({
      at: now,
      latencyMs: logNormal(latency, random) + queued * queueMs,
      timedOutFirst: random.next() < timeoutShare,
    });
  }
  return result;
}

/** When a timed-out call is sent again. */
export function retryAfter(at: number, random: RandomStream): number {
  return at + timeoutMs + between(200, 3_000, random);
}

function logNormal({ medianMs, sigma }: { medianMs: number; sigma: number }, random: RandomStream): number {
  const uniform = Math.min(1 - 1e-9, Math.max(1e-9, random.next()));
  return Math.max(1, Math.round(medianMs * Math.exp(sigma * normalQuantile(uniform, 0, 1))));
}
