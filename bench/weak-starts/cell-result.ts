import type { Score } from '../adaptft/arms/score.ts';
import type { RunRecord } from '../adaptft/arms/unit-result.ts';
import type { TriageShares } from '../adaptft/results/summary.ts';
import { type Cell, cellName } from './cell.ts';

/** Changes whenever the protocol does, so that results of another one are not taken for finished. */
export const protocol = 'weak-starts-1';

/** What one run made of a cell, for one seed; scores are of fresh text. */
export interface CellResult extends Cell {
  readonly protocol: string;
  readonly seed: number;
  /** The first checkpoint, and what serves after the run. */
  readonly start: Score;
  readonly after: Score;
  /** Trained on the first examples and on everything that was judged. */
  readonly all: Score;
  readonly run: RunRecord;
  readonly triage: TriageShares;
  /** Of the whole cell, on all threads. */
  readonly cpuSeconds: number;
}

export function resultName(result: Cell & { readonly seed: number }): string {
  return `${cellName(result)}.${result.seed}`;
}
