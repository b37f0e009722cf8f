import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, shortDigestOfAll } from '../../domain/base/ids.ts';
import { outputSchema } from '../../domain/base/output.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import type { Served } from '../../domain/models/served.ts';
import { answerWith, predictorNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import type { Prediction } from '../../ports/predictor.ts';
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
}

const alternativeSchema = z.strictObject({ output: outputSchema, confidence: z.number() });
const predictionSchema = z.strictObject({
  output: outputSchema.nullable(),
  confidence: z.number(),
  alternatives: z.array(alternativeSchema),
});

/** Slices are found again by what they answer; that so many are done only saves reading them on the way. */
const handleSchema = z.strictObject({ name: z.string(), slice: z.int().positive(), done: z.int().nonnegative() });

type Context = Pick<StageContext, 'ports' | 'key' | 'handle' | 'deadline'>;

/**
 * Answers many inputs in slices of what the predictor likes to be asked at once, until the deadline. Each slice is kept
 * when it is answered, so that whoever goes on, or starts again after having been killed, answers only what is missing.
 * @returns the answers in the order of the inputs, or what the stage is to return for now
 */
export async function answerInSlices(
  request: SliceRequest,
  context: Context,
): Promise<readonly Prediction[] | Unfinished> {
  const { ports, deadline } = context;
  const total = request.inputs.length;
  const size = predictorNamed(request.checkpoint.served.predictor, ports).chunk;
  const slices = partsOf(request.inputs, size);
  if (slices.length <= 1) return answerSlice(request.inputs, 0, request, context);
  const answers: (readonly Prediction[])[] = [];
  let slowest = 0;
  let answered = 0;
  for (let at = doneBefore(request.name, size, context); at < slices.length; at += 1) {
    const slice = slices[at] ?? [];
    const kept = await readSlice(slice, request, context);
    if (kept !== null) {
      answers[at] = kept;
      continue;
    }
    const now = ports.clock.now();
    if (answered > 0 && now + slowest > deadline) {
      return new Unfinished({
        status: 'working',
        handle: { name: request.name, slice: size, done: at },
        done: at * size,
        total,
        waitSeconds: 0,
      });
    }
    answers[at] = await answerSlice(slice, at * size, request, context);
    await writeJsonl(ports.objects, sliceKey(slice, request, context), answers[at] ?? []);
    slowest = Math.max(slowest, ports.clock.now() - now);
    answered += 1;
  }
  for (const [at, slice] of slices.entries()) {
    answers[at] ??=
      (await readSlice(slice, request, context)) ?? (await answerSlice(slice, at * size, request, context));
  }
  return answers.flat();
}

function doneBefore(name: string, size: number, { handle }: Context): number {
  const known = handleSchema.safeParse(handle);
  return known.success && known.data.name === name && known.data.slice === size ? known.data.done : 0;
}

function answerSlice(
  slice: readonly string[],
  from: number,
  { checkpoint, inputs, alternatives, unit = 'inputs answered' }: SliceRequest,
  { ports }: Context,
): Promise<readonly Prediction[]> {
  return answerWith(checkpoint, slice, ports, {
    ...(alternatives === undefined ? {} : { alternatives }),
    onProgress: (done) => ports.observer.progress(from + done, inputs.length, unit),
  });
}

/** Names the slice by all that its answers follow from. */
function sliceKey(slice: readonly string[], request: SliceRequest, { key }: Context): string {
  const asked = shortDigestOfAll([canonicalJson(request.checkpoint.served), String(request.alternatives), ...slice]);
  return key(`${request.name}-${asked}.jsonl`);
}

/** A slice that was answered before; null where none was kept, or a damaged one. */
async function readSlice(
  slice: readonly string[],
  request: SliceRequest,
  context: Context,
): Promise<readonly Prediction[] | null> {
  try {
    const kept = await readJsonl(context.ports.objects, sliceKey(slice, request, context), predictionSchema);
    return kept.length === slice.length ? kept : null;
  } catch (error) {
    if (error instanceof RatchetError && (error.name === 'ObjectMissing' || error.name === 'CorruptArtifact'))
      return null;
    throw error;
  }
}
