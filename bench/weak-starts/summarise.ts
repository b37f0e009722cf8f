import type { Random } from '../../shared/ports/random.ts';
import { unpackRights } from '../adaptft/arms/rights.ts';
import { type Score, shareRight } from '../adaptft/arms/score.ts';
import { type Difference, pairedDifference } from '../adaptft/results/bootstrap.ts';
import { type Cell, cellName, cells } from './cell.ts';
import type { CellResult } from './cell-result.ts';

/** A cell over its seeds; accuracies are fractions. */
export interface CellSummary extends Cell {
  readonly seeds: number;
  readonly promoted: number;
  readonly start: number;
  readonly after: number;
  /** What serves after the run less the first checkpoint, and less retraining on everything. */
  readonly gain: Difference;
  readonly lessAll: Difference;
  /** Means over the seeds. */
  readonly failures: number;
  readonly records: number;
  readonly seconds: number;
  /** Why the champion stayed, where it did, of the first seed that kept it; null where none did. */
  readonly kept: string | null;
}

export interface Summary {
  readonly cells: readonly CellSummary[];
  /** By number of traces, over labels, examples and seeds. */
  readonly byTraces: readonly {
    readonly traces: number;
    readonly runs: number;
    readonly promoted: number;
    readonly lower: number;
    readonly gain: Difference;
    readonly lessAll: Difference;
  }[];
}

/** Adds up what is finished. */
export function summarise(results: readonly CellResult[], random: Random): Summary {
  const gain = (own: readonly CellResult[], name: string) =>
    pairedDifference(
      own.map(({ after, start }) => ({ a: rightsOf(after), b: rightsOf(start) })),
      random.stream(1, `gain/${name}`),
    );
  const lessAll = (own: readonly CellResult[], name: string) =>
    pairedDifference(
      own.map(({ after, all }) => ({ a: rightsOf(after), b: rightsOf(all) })),
      random.stream(1, `all/${name}`),
    );
  const promotedOf = (own: readonly CellResult[]) => own.filter(({ run }) => run.decision === 'promoted').length;
  return {
    cells: cells.flatMap((cell): CellSummary[] => {
      const name = cellName(cell);
      const own = results.filter((result) => cellName(result) === name);
      if (own.length === 0) return [];
      return [
        {
          ...cell,
          seeds: own.length,
          promoted: promotedOf(own),
          start: mean(own.map(({ start }) => shareRight(start))),
          after: mean(own.map(({ after }) => shareRight(after))),
          gain: gain(own, name),
          lessAll: lessAll(own, name),
          failures: mean(own.map(({ run }) => run.failures)),
          records: mean(own.map(({ run }) => run.records)),
          seconds: mean(own.map(({ run }) => run.seconds)),
          kept: own.find(({ run }) => run.decision === 'kept')?.run.reason ?? null,
        },
      ];
    }),
    byTraces: [...Map.groupBy(results, ({ traces }) => traces)]
      .sort(([a], [b]) => a - b)
      .map(([traces, own]) => ({
        traces,
        runs: own.length,
        promoted: promotedOf(own),
        lower: own.filter(({ start, after }) => after.right < start.right).length,
        gain: gain(own, String(traces)),
        lessAll: lessAll(own, String(traces)),
      })),
  };
}

function rightsOf({ rights, of }: Score): boolean[] {
  return unpackRights(rights, of);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
