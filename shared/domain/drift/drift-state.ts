import { z } from 'zod';
import { noRecentTexts, recentTextsSchema } from './recent-texts.ts';
import { signalSchema } from './signals.ts';
import { newWager, wagerSchema } from './wager.ts';

/** Places of the scales of novelty and of confidence. */
export const places = 100;
/** The first so many that count are told beside as many of the latest. */
export const toldOf = 200;
/** More labels than these are watched together, as one. */
const mostLabels = 200;

/** One that counted, as it is told of: of its trace a digest alone. */
const latestSchema = z.strictObject({
  trace: z.string(),
  /** Places in `labels` of the state. */
  labels: z.array(z.int().nonnegative()),
  /** How unlike the training material it is, a fraction; null where that was not looked at. */
  novelty: z.number().nullable(),
  confidence: z.number().nullable(),
});

const figureSchema = z.strictObject({ sum: z.number(), of: z.int().nonnegative() });
const streamSchema = z.strictObject({ counts: z.array(z.int().nonnegative()), wager: wagerSchema });

/** Evidence after a look, by signal, as a share of what an alarm needs, on a logarithmic scale: 1 is an alarm, 0 none. */
export const pointSchema = z.strictObject({
  /** When the newest of its traces came, ISO 8601. */
  at: z.string(),
  traces: z.int().nonnegative(),
  levels: z.record(signalSchema, z.number()),
});

const alarmSchema = z.strictObject({
  signal: signalSchema,
  at: z.string(),
  /** Position of the log up to which it had been looked at. */
  position: z.int().nonnegative(),
  /** Which label moved most, by its place; null where the signal has none. */
  label: z.int().nonnegative().nullable(),
  /** Digests of traces that show it, to be judged. */
  telling: z.array(z.string()),
});
export type DriftAlarm = z.infer<typeof alarmSchema>;

/** All that is kept of one champion's traffic between looks; holds no text and no id of a trace. */
export const driftStateSchema = z.strictObject({
  version: z.literal(1),
  checkpointId: z.string(),
  /** Position of the log up to which it was looked at. */
  position: z.int().nonnegative(),
  /** Traces looked at, near-duplicates of bursts included. */
  came: z.int().nonnegative(),
  /** Of them those that count; states that were kept before it was noted are without it. */
  counted: z.int().nonnegative().optional(),
  /** Chance of a false alarm, ever, by all signals together. */
  level: z.number().positive().max(0.5),
  /** Known labels, then all others as one, then answers without any. */
  labels: z.array(z.string()),
  recent: recentTextsSchema,
  recentJudged: recentTextsSchema,
  /** By label: how many that count have it and have not, and the bets on its share. */
  byLabel: z.array(streamSchema),
  novelty: streamSchema,
  confidence: streamSchema,
  failures: streamSchema,
  /** Novelty that 5 % of the training material exceeds towards the rest of it; null where there is too little of it. */
  farFrom: z.number().nullable(),
  first: z.strictObject({
    counted: z.int().nonnegative(),
    labels: z.array(z.int().nonnegative()),
    far: figureSchema,
    confidence: figureSchema,
    failures: figureSchema,
  }),
  latest: z.array(latestSchema),
  /** Of the latest judged ones whether they failed, with the digest of their trace. */
  latestJudged: z.array(z.strictObject({ trace: z.string(), failed: z.boolean() })),
  /** Oldest first. */
  points: z.array(pointSchema),
  alarms: z.array(alarmSchema),
});
export type DriftState = z.infer<typeof driftStateSchema>;
export type Stream = z.infer<typeof streamSchema>;

/** Names of what is not among the known labels. */
export const otherLabel = 'any other';
export const noLabel = 'none';

/**
 * The state of a champion of which nothing was looked at.
 * @param request.position of the log after which its traffic begins
 */
export function newDriftState({
  checkpointId,
  position,
  level,
  labels,
  farFrom,
}: {
  readonly checkpointId: string;
  readonly position: number;
  readonly level: number;
  readonly labels: readonly string[];
  readonly farFrom: number | null;
}): DriftState {
  const watched = labels.length === 0 ? [] : [...labels.slice(0, mostLabels), otherLabel, noLabel];
  const none = { sum: 0, of: 0 };
  return {
    version: 1,
    checkpointId,
    position,
    came: 0,
    counted: 0,
    level,
    labels: watched,
    recent: noRecentTexts,
    recentJudged: noRecentTexts,
    byLabel: watched.map(() => ({ counts: [0, 0], wager: newWager('both') })),
    novelty: { counts: Array<number>(places).fill(0), wager: newWager('rise') },
    confidence: { counts: Array<number>(places).fill(0), wager: newWager('both') },
    failures: { counts: [0, 0], wager: newWager('rise') },
    farFrom,
    first: {
      counted: 0,
      labels: watched.map(() => 0),
      far: { ...none },
      confidence: { ...none },
      failures: { ...none },
    },
    latest: [],
    latestJudged: [],
    points: [],
    alarms: [],
  };
}
