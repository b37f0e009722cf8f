import { z } from 'zod';
import { levelOf, movedLabel } from './drift-level.ts';
import { type DriftState, pointSchema, toldOf } from './drift-state.ts';
import { type Signal, signalSchema, signals } from './signals.ts';
import { memory } from './take-in.ts';
import {
  confidenceWindows,
  countedOf,
  type Figure,
  failureWindows,
  labelWindows,
  noveltyWindows,
  type Windows,
} from './windows.ts';

const findingSchema = z.strictObject({
  signal: signalSchema,
  level: z
    .number()
    .describe(
      'logarithm of the evidence now over that of what proves a change: 0 nothing speaks for it, 1 it is proven',
    ),
  seenAt: z.string().nullable().describe('when a change was first proven; null where none is'),
  position: z.int().nullable().describe('of the log, at that time'),
  label: z.string().nullable().describe('of the label mix: the label whose share speaks most for a change'),
  first: z
    .number()
    .nullable()
    .describe(
      'of the first 200 that count, of fewer than 400 of their first half: share of the label, share of inputs far from the training material, mean confidence, share of failures; null of fewer than 50',
    ),
  latest: z.number().nullable().describe('the same of the latest 200, or of the second half'),
});
export type DriftFinding = z.infer<typeof findingSchema>;

/** How a champion's traffic stands to what it was. */
export const driftSchema = z.strictObject({
  checkpointId: z.string(),
  traces: z.int().describe('traces of the champion that were looked at'),
  counted: z.int().describe('of them, those that count: of a burst of near-duplicates one'),
  judged: z.int().describe('judged traces that count'),
  startsAt: z.int().describe('so many traces come before any counts'),
  chance: z.number().describe('that a change is ever said to be proven where there is none'),
  findings: z.array(findingSchema),
  points: z.array(pointSchema).describe('levels after each look, oldest first; of many looks not all are kept'),
});
export type Drift = z.infer<typeof driftSchema>;

/** What a state says, for people. */
export function driftOf(state: DriftState): Drift {
  return {
    checkpointId: state.checkpointId,
    traces: state.came,
    counted: countedOf(state),
    judged: state.failures.wager.seen,
    startsAt: memory,
    chance: state.level,
    findings: signals.map((signal) => findingOf(state, signal)),
    points: [...state.points],
  };
}

function findingOf(state: DriftState, signal: Signal): DriftFinding {
  const alarm = state.alarms.find((one) => one.signal === signal);
  const place = signal === 'labels' ? (alarm?.label ?? movedLabel(state)) : null;
  return {
    signal,
    level: levelOf(state, signal),
    seenAt: alarm?.at ?? null,
    position: alarm?.position ?? null,
    label: place === null ? null : (state.labels[place] ?? null),
    ...figures(state, signal, place),
  };
}

function figures(
  state: DriftState,
  signal: Signal,
  place: number | null,
): { readonly first: number | null; readonly latest: number | null } {
  const windows = windowsOf(state, signal, place);
  return { first: mean(windows?.first), latest: mean(windows?.latest) };
}

function windowsOf(state: DriftState, signal: Signal, place: number | null): Windows | null {
  switch (signal) {
    case 'labels':
      return place === null ? null : labelWindows(state, place);
    case 'novelty':
      return noveltyWindows(state);
    case 'confidence':
      return confidenceWindows(state);
    case 'failures':
      return failureWindows(state);
  }
}

/** Fewer are no figure. */
const fewest = Math.min(50, toldOf);

function mean(figure: Figure | undefined): number | null {
  return figure === undefined || figure.of < fewest ? null : figure.sum / figure.of;
}
