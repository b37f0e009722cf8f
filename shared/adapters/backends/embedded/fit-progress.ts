import type { OnProgress } from '../../../ports/long-work.ts';

/** How far one fit is. */
export interface FitLane {
  readonly report: OnProgress;
  readonly end: () => void;
}

/** How far several fits are together, in epochs. It never goes back. */
export class FitProgress {
  readonly #fits: { done: number; total: number }[] = [];
  readonly #onProgress: OnProgress;

  constructor(onProgress: OnProgress) {
    this.#onProgress = onProgress;
  }

  /** Adds a fit, before any begins. @param epochs how many it may take; fewer where it says so later */
  add(epochs: number): FitLane {
    const fit = { done: 0, total: epochs };
    this.#fits.push(fit);
    const report = (done: number, total: number): void => {
      if (done <= fit.done) {
        return;
      }
      fit.done = done;
      fit.total = total;
      this.#tell();
    };
    return { report, end: () => report(fit.total, fit.total) };
  }

  #tell(): void {
    const sum = (of: (fit: { done: number; total: number }) => number): number =>
      this.#fits.reduce((total, fit) => total + of(fit), 0);
    this.#onProgress(
      sum(({ done }) => done),
      sum(({ total }) => total),
    );
  }
}
