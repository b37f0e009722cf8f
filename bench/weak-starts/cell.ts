/** One way to begin: so many labels, first examples of each, and judged traces before the first run. */
export interface Cell {
  readonly labels: number;
  readonly perLabel: number;
  readonly traces: number;
}

export const labelCounts = [30, 77, 150] as const;
export const examplesPerLabel = [2, 5, 10] as const;
export const traceCounts = [250, 500, 1_000, 3_000] as const;

export const cells: readonly Cell[] = labelCounts.flatMap((labels) =>
  examplesPerLabel.flatMap((perLabel) => traceCounts.map((traces) => ({ labels, perLabel, traces }))),
);

/** Names a cell, as in `30x2x250`: labels, examples a label, traces. */
export function cellName({ labels, perLabel, traces }: Cell): string {
  return `${labels}x${perLabel}x${traces}`;
}
