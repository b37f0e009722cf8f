/** Work before that says little of how fast it goes on. */
const shortestMs = 1_000;
const windowMs = 10_000;
const sampleEveryMs = 200;
const leastShare = 0.05;
/** A rate that held for this long counts even below the least share. */
const steadyMs = 5_000;
const steadySamples = 8;
/** More time left than this many times what has passed is a guess that nobody should see. */
const mostAhead = 20;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** How fast work goes, by what was done in the last ten seconds. */
export class Pace {
  readonly #startedAt: number;
  #samples: Sample[];

  constructor(now: number) {
    this.#startedAt = now;
    this.#samples = [{ at: now, done: 0 }];
  }

  /** Takes note of what is done by now; of work that is done again, the rate begins anew. */
  record(now: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && done < last.done) this.#samples = [];
    else if (last !== undefined && now - last.at < sampleEveryMs) return;
    this.#samples.push({ at: now, done });
    // The oldest sample is the last one before the window.
    while ((this.#samples[1]?.at ?? now) < now - windowMs) this.#samples.shift();
  }

  /** Milliseconds left, or null while nothing fair can be said. */
  timeLeft(now: number, done: number, total: number): number | null {
    const [first] = this.#samples;
    const elapsed = now - this.#startedAt;
    if (first === undefined || done >= total || elapsed < shortestMs) return null;
    const observed = now - first.at;
    const isSteady = observed >= steadyMs && this.#samples.length >= steadySamples;
    if (done < total * leastShare && !isSteady) return null;
    const rate = (done - first.done) / observed;
    const left = (total - done) / rate;
    return rate > 0 && left <= elapsed * mostAhead ? left : null;
  }
}
