import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, shortDigestOfAll } from '../../domain/base/ids.ts';
import { outputSchema } from '../../domain/base/output.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import type { Served } from '../../domain/models/served.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import { type AnswersToday, answerToday } from '../../ports/answer-today.ts';
import { predictorNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { namingInputs } from '../../ports/input-fault.ts';
import type { Prediction, PredictOptions } from '../../ports/predictor.ts';
import { answerWithinBudget } from './paid-answers.ts';
import { type StageContext, Unfinished } from './stage.ts';

export interface SliceRequest {
  /** Tells apart what one stage answers; part of the slices' keys. */
  readonly name: string;
  readonly checkpoint: { readonly served: Served };
  readonly inputs: readonly string[];
  /** How many alternatives each answer names; as the predictor says by default. */
  readonly alternatives?: number;
  /** What the progress counts. */
  readonly unit?: string;
  /** How the answers read in the labels of today; as they are by default. */
  readonly today?: AnswersToday | null;
  /** Whose budget answers are paid from that cost something. */
  readonly paidBy: AnalystRun;
  /** Names an input in a fault that is about it, by its place among all inputs. */
  readonly nameOf?: (place: number) => string;
}

/** An answer; null where the budget of the run did not cover asking for it. */
export type Answered = Prediction | null;

/** Questions to several models. */
export interface GroupsRequest extends Omit<SliceRequest, 'checkpoint' | 'inputs'> {
  readonly groups: readonly Group[];
}

interface Group {
  readonly served: Served;
  readonly inputs: readonly string[];
}

const alternativeSchema = z.strictObject({ output: outputSchema, confidence: z.number() });
const predictionSchema = z.strictObject({
  output: outputSchema.nullable(),
  confidence: z.number(),
  alternatives: z.array(alternativeSchema),
});

/** Slices are found again by what they answer; that so many are done only saves reading them on the way. */
const handleSchema = z.strictObject({ name: z.string(), slices: z.int().positive(), done: z.int().nonnegative() });

type Context = Pick<StageContext, 'ports' | 'key' | 'handle' | 'deadline'>;

/**
 * Answers many inputs in slices of what the predictor likes to be asked at once, until the deadline. Each slice is kept
 * when it is answered, so that whoever goes on, or starts again after having been killed, answers only what is missing.
 * The first slice that the budget does not cover is the last that is thought of.
 * @returns the answers in the order of the inputs, or what the stage is to return for now
 */
export function answerInSlices(
  { checkpoint: { served }, inputs, ...how }: SliceRequest,
  context: Context,
): Promise<readonly Answered[] | Unfinished> {
  return answerGroups({ ...how, groups: [{ served, inputs }] }, context);
}

/**
 * The same for inputs of which each group is asked of a model of its own.
 * @returns the answers in the order of the groups and of their inputs, or what the stage is to return for now
 */
export async function answerGroups(
  request: GroupsRequest,
  context: Context,
): Promise<readonly Answered[] | Unfinished> {
  const { ports, deadline } = context;
  const slices = slicesOf(request, context);
  const total = request.groups.reduce((sum, { inputs }) => sum + inputs.length, 0);
  const [only] = slices;
  if (only === undefined) return [];
  if (slices.length === 1) return (await answerSlice(only, total, request, context)) ?? unanswered(only);
  const answers: (readonly Answered[])[] = [];
  const done = doneBefore(request.name, slices.length, context);
  let slowest = 0;
  let answered = 0;
  for (const [at, slice] of slices.entries()) {
    if (at < done) continue;
    const kept = await readSlice(slice, request, context);
    if (kept !== null) {
      answers[at] = kept;
      continue;
    }
    const now = ports.clock.now();
    if (answered > 0 && now + slowest > deadline) {
      return new Unfinished({
        status: 'working',
        handle: { name: request.name, slices: slices.length, done: at },
        done: slice.from,
        total,
        waitSeconds: 0,
      });
    }
    const given = await answerSlice(slice, total, request, context);
    if (given === null) break;
    await writeJsonl(ports.objects, sliceKey(slice, request, context), given);
    answers[at] = given;
    slowest = Math.max(slowest, ports.clock.now() - now);
    answered += 1;
  }
  let isCovered = true;
  for (const [at, slice] of slices.entries()) {
    const given: readonly Answered[] | null =
      answers[at] ??
      (await readSlice(slice, request, context)) ??
      (isCovered ? await answerSlice(slice, total, request, context) : null);
    isCovered &&= given !== null;
    answers[at] = given ?? unanswered(slice);
  }
  return answers.flat();
}

function unanswered({ inputs }: Group): readonly null[] {
  return inputs.map(() => null);
}

interface Slice extends Group {
  /** How many inputs come before it. */
  readonly from: number;
}

function slicesOf({ groups }: GroupsRequest, { ports }: Context): readonly Slice[] {
  let from = 0;
  return groups.flatMap(({ served, inputs }) =>
    partsOf(inputs, predictorNamed(served.predictor, ports).chunk).map((part): Slice => {
      const slice = { served, inputs: part, from };
      from += part.length;
      return slice;
    }),
  );
}

function doneBefore(name: string, slices: number, { handle }: Context): number {
  const known = handleSchema.safeParse(handle);
  return known.success && known.data.name === name && known.data.slices === slices ? known.data.done : 0;
}

/** Null where the budget does not cover it. */
async function answerSlice(
  slice: Slice,
  total: number,
  request: GroupsRequest,
  context: Context,
): Promise<readonly Prediction[] | null> {
  const { served, inputs, from } = slice;
  const { alternatives, unit = 'inputs answered', today = null, paidBy, nameOf } = request;
  const { ports } = context;
  const ask = (more: PredictOptions) => {
    const answers = answerToday({ served }, today, inputs, ports, {
      ...(alternatives === undefined ? {} : { alternatives }),
      onProgress: (done) => ports.observer.progress(from + done, total, unit),
      ...more,
    });
    return nameOf === undefined ? answers : namingInputs(answers, (place) => nameOf(from + place));
  };
  const most = (await predictorNamed(served.predictor, ports).mostCost?.(served, inputs)) ?? null;
  if (most === null) return ask({});
  const key = sliceKey(slice, request, context).replace(/\.jsonl$/, '');
  return answerWithinBudget({ of: paidBy, key, inputs: inputs.length, most }, ask, ports);
}

/** Names the slice by all that its answers follow from. */
function sliceKey({ served, inputs }: Slice, { name, alternatives }: GroupsRequest, { key }: Context): string {
  const asked = shortDigestOfAll([canonicalJson(served), String(alternatives), ...inputs]);
  return key(`${name}-${asked}.jsonl`);
}

/** A slice that was answered before; null where none was kept, or a damaged one. */
async function readSlice(
  slice: Slice,
  request: GroupsRequest,
  context: Context,
): Promise<readonly Prediction[] | null> {
  try {
    const kept = await readJsonl(context.ports.objects, sliceKey(slice, request, context), predictionSchema);
    return kept.length === slice.inputs.length ? kept : null;
  } catch (error) {
    if (error instanceof RatchetError && (error.name === 'ObjectMissing' || error.name === 'CorruptArtifact'))
      return null;
    throw error;
  }
}
