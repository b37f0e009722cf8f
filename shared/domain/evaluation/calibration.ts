import { z } from 'zod';
import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { wilsonScore } from '../base/wilson.ts';

/** An answer with its confidence, and whether it is right: given by a model that had not seen the trace. */
export interface JudgedAnswer {
  readonly id: string;
  /** What was answered; null where an answer has no single label. */
  readonly label: string | null;
  /** A fraction. */
  readonly confidence: number;
  readonly right: boolean;
}

/** A sigmoid over the log odds of the confidence. */
const mapSchema = z.strictObject({ slope: z.number(), intercept: z.number() });
type SigmoidMap = z.infer<typeof mapSchema>;

/** How confidences of one model read as shares of right answers, by label shrunk to the map of all its answers. */
export const calibrationMapSchema = z.strictObject({
  n: z.int().nonnegative(),
  all: mapSchema,
  labels: z.record(z.string(), z.strictObject({ n: z.int().positive(), map: mapSchema })),
});
export type CalibrationMap = z.infer<typeof calibrationMapSchema>;

/** No figure is shown of fewer answers. */
export const fewestAnswers = 20;
/** A label's own map counts for n / (n + this). */
const shrinkage = 20;

/**
 * Fits how often answers are right by their confidence: a sigmoid for all of them, and one a label.
 * @param answers out of fold: a model is surer of what it has seen
 */
export function fitCalibration(answers: readonly JudgedAnswer[]): CalibrationMap {
  const byLabel = Map.groupBy(answers, ({ label }) => label);
  byLabel.delete(null);
  return {
    n: answers.length,
    all: fitSigmoid(answers),
    labels: Object.fromEntries(
      [...byLabel].map(([label, own]) => [label ?? '', { n: own.length, map: fitSigmoid(own) }]),
    ),
  };
}

/** The share of such answers that are right, a fraction: by the label's own map as far as there are answers of it. */
export function calibrated({ all, labels }: CalibrationMap, label: string | null, confidence: number): number {
  const general = apply(all, confidence);
  const own = label === null || !Object.hasOwn(labels, label) ? undefined : labels[label];
  if (own === undefined) return general;
  const weight = own.n / (own.n + shrinkage);
  return weight * apply(own.map, confidence) + (1 - weight) * general;
}

/** Parts that the answers are cut into, so that none is calibrated by what it was fitted on. */
const parts = 5;

/** Confidences as they are calibrated by the other answers, in the order of the answers. */
export function crossCalibrated(answers: readonly JudgedAnswer[]): readonly number[] {
  const order = answers.map((_, at) => at).sort((a, b) => compareText(answers[a]?.id ?? '', answers[b]?.id ?? ''));
  const result = new Array<number>(answers.length).fill(0);
  for (let part = 0; part < parts; part += 1) {
    const held = new Set(order.filter((_, rank) => rank % parts === part));
    const map = fitCalibration(answers.filter((_, at) => !held.has(at)));
    for (const at of held) {
      const answer = answers[at];
      if (answer !== undefined) result[at] = calibrated(map, answer.label, answer.confidence);
    }
  }
  return result;
}

/** Log odds are known up to these. */
const sureConfidence = 1e-6;

function logOdds(confidence: number): number {
  const kept = Math.min(1 - sureConfidence, Math.max(sureConfidence, confidence));
  return Math.log(kept / (1 - kept));
}

function apply({ slope, intercept }: SigmoidMap, confidence: number): number {
  return 1 / (1 + Math.exp(-(slope * logOdds(confidence) + intercept)));
}

const newtonSteps = 50;
/** Keeps slope and intercept finite where all answers are alike. */
const ridge = 1e-3;

/**
 * Platt's sigmoid (1999, "Probabilistic outputs for support vector machines"), with his targets of one more right and one
 * more wrong answer, by damped Newton steps (Lin, Lin and Weng 2007, *Machine Learning* 68). It never falls.
 */
function fitSigmoid(answers: readonly JudgedAnswer[]): SigmoidMap {
  const right = answers.filter((answer) => answer.right).length;
  const wrong = answers.length - right;
  const targets = { right: (right + 1) / (right + 2), wrong: 1 / (wrong + 2) };
  const points = answers.map((answer) => ({
    x: logOdds(answer.confidence),
    target: answer.right ? targets.right : targets.wrong,
  }));
  const start = { slope: 1, intercept: 0 };
  const free = descend(points, start, true);
  return free.slope >= 0 ? free : descend(points, { slope: 0, intercept: 0 }, false);
}

interface Point {
  readonly x: number;
  readonly target: number;
}

function descend(points: readonly Point[], start: SigmoidMap, movesSlope: boolean): SigmoidMap {
  let at = start;
  let loss = lossOf(points, at, start);
  for (let step = 0; step < newtonSteps; step += 1) {
    const move = newtonMove(points, at, start, movesSlope);
    if (Math.abs(move.slope) + Math.abs(move.intercept) < 1e-9) break;
    let size = 1;
    let next = moved(at, move, size);
    let nextLoss = lossOf(points, next, start);
    while (nextLoss > loss && size > 1e-8) {
      size /= 2;
      next = moved(at, move, size);
      nextLoss = lossOf(points, next, start);
    }
    if (nextLoss > loss) break;
    at = next;
    loss = nextLoss;
  }
  return at;
}

function moved(at: SigmoidMap, move: SigmoidMap, size: number): SigmoidMap {
  return { slope: at.slope - size * move.slope, intercept: at.intercept - size * move.intercept };
}

function newtonMove(points: readonly Point[], at: SigmoidMap, start: SigmoidMap, movesSlope: boolean): SigmoidMap {
  let [gradientSlope, gradient] = [ridge * (at.slope - start.slope), ridge * (at.intercept - start.intercept)];
  let [slopes, mixed, intercepts] = [ridge, 0, ridge];
  for (const { x, target } of points) {
    const p = 1 / (1 + Math.exp(-(at.slope * x + at.intercept)));
    const spread = p * (1 - p);
    gradientSlope += (p - target) * x;
    gradient += p - target;
    slopes += spread * x * x;
    mixed += spread * x;
    intercepts += spread;
  }
  if (!movesSlope) return { slope: 0, intercept: gradient / intercepts };
  const determinant = slopes * intercepts - mixed * mixed;
  return {
    slope: (intercepts * gradientSlope - mixed * gradient) / determinant,
    intercept: (slopes * gradient - mixed * gradientSlope) / determinant,
  };
}

function lossOf(points: readonly Point[], { slope, intercept }: SigmoidMap, start: SigmoidMap): number {
  const away = (ridge / 2) * ((slope - start.slope) ** 2 + (intercept - start.intercept) ** 2);
  return points.reduce((sum, { x, target }) => {
    const z = slope * x + intercept;
    // log(1 + e^z) − target · z, without overflow.
    return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z;
  }, away);
}

const intervalSchema = z.strictObject({ lower: z.number(), upper: z.number() });

/** Answers whose confidence falls in one stretch. */
const binSchema = z.strictObject({
  from: z.number(),
  to: z.number(),
  n: z.int().positive(),
  confidence: z.number().describe('mean confidence'),
  accuracy: z.number().describe('share of right answers, with its 95 % Wilson interval'),
  lower: z.number(),
  upper: z.number(),
});
export type CalibrationBin = z.infer<typeof binSchema>;

/** How far confidences are from shares of right answers. */
export const calibrationFigureSchema = z.strictObject({
  n: z.int(),
  ece: z
    .number()
    .describe('expected calibration error of the calibrated confidences, each calibrated by other answers'),
  rawEce: z.number().describe('that of the confidences as the model gives them'),
  confidence: z.number().describe('mean calibrated confidence'),
  accuracy: z.number().describe('share of right answers'),
  interval: intervalSchema.describe('95 % Wilson interval of the share of right answers'),
  bins: z.array(binSchema).describe('of calibrated confidences, those without answers left out'),
});
export type CalibrationFigure = z.infer<typeof calibrationFigureSchema>;

/** Of one model, as a run finds it. */
export const calibrationSchema = z.strictObject({
  checkpointId: z.string(),
  map: calibrationMapSchema,
  overall: calibrationFigureSchema.nullable(),
  /** Mean of the errors of the labels of which there are enough answers, each label alike; null for none. */
  classEce: z.number().nullable(),
  labels: z.array(
    z.union([
      z.strictObject({ label: z.string(), ...calibrationFigureSchema.shape }),
      z.strictObject({ label: z.string(), n: z.int(), tooFew: z.literal(true) }),
    ]),
  ),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/**
 * Fits the map of a model's answers, and measures it: each answer as it is calibrated by four fifths of the others. Labels
 * are what was answered (top-label calibration: Gupta and Ramdas 2022, "Top-label calibration and multiclass-to-binary
 * reductions").
 */
export function calibrationOf(checkpointId: string, answers: readonly JudgedAnswer[]): Calibration {
  const confidences = crossCalibrated(answers);
  const rows = answers.map((answer, at) => ({ ...answer, calibrated: confidences[at] ?? 0 }));
  const byLabel = [...Map.groupBy(rows, ({ label }) => label)]
    .flatMap(([label, own]) => (label === null ? [] : [{ label, own }]))
    .sort((a, b) => b.own.length - a.own.length || compareText(a.label, b.label));
  const labels = byLabel.map(({ label, own }) =>
    own.length < fewestAnswers ? { label, n: own.length, tooFew: true as const } : { label, ...figureOf(own) },
  );
  const errors = labels.flatMap((label) => ('ece' in label ? [label.ece] : []));
  return {
    checkpointId,
    map: fitCalibration(answers),
    overall: rows.length < fewestAnswers ? null : figureOf(rows),
    classEce: errors.length === 0 ? null : errors.reduce((sum, error) => sum + error, 0) / errors.length,
    labels,
  };
}

interface Row extends JudgedAnswer {
  readonly calibrated: number;
}

function figureOf(rows: readonly Row[]): CalibrationFigure {
  const right = rows.filter((row) => row.right).length;
  const { lower, upper } = wilsonScore(right, rows.length);
  return {
    n: rows.length,
    ece: expectedError(rows, (row) => row.calibrated),
    rawEce: expectedError(rows, (row) => row.confidence),
    confidence: mean(rows.map((row) => row.calibrated)),
    accuracy: right / rows.length,
    interval: { lower, upper },
    bins: binsOf(rows),
  };
}

/** Stretches of equal width over the confidences. */
const bins = 10;

function binOf(confidence: number): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
}

function binsOf(rows: readonly Row[]): CalibrationBin[] {
  return [...Map.groupBy(rows, (row) => binOf(row.calibrated))]
    .sort(([a], [b]) => a - b)
    .map(([bin, own]) => {
      const right = own.filter((row) => row.right).length;
      const { lower, upper } = wilsonScore(right, own.length);
      return {
        ...{ from: bin / bins, to: (bin + 1) / bins, n: own.length },
        ...{ confidence: mean(own.map((row) => row.calibrated)), accuracy: right / own.length, lower, upper },
      };
    });
}

/** Expected calibration error (Guo et al. 2017, arXiv 1706.04599): the mean gap of confidence and share of right answers by stretch. */
function expectedError(rows: readonly Row[], of: (row: Row) => number): number {
  const gaps = new Float64Array(bins);
  for (const row of rows) gaps[binOf(of(row))] = (gaps[binOf(of(row))] ?? 0) + Number(row.right) - of(row);
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, rows.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Name of the file that a run leaves beside its report. */
export const calibrationFile = 'calibration.json';

/** What was answered, where an answer is one label; else null. */
export function answeredLabel(output: Output, kind: Pick<TaskKind, 'words' | 'facets'>): string | null {
  const [label, ...others] = kind.words.parts === undefined ? kind.facets(output) : [];
  return others.length > 0 ? null : (label ?? null);
}
