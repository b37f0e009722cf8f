import type { MessagePort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { TaggedText, Tagger } from '../tagger/tag-texts.ts';
import {
  type AverageTaggersTask,
  averageTaggerBytes,
  type ChancesTask,
  chancesIn,
  type FitTaggerTask,
  type FittedTaggerBytes,
  fitTaggerBytes,
  type TagTask,
  tagAll,
  taggerOf,
} from '../tagger/tagger-tasks.ts';
import { checkDigest, decodeArtifact, encodeArtifact, type HeadArtifact } from './artifact.ts';
import { blendHeads, type HeadPart } from './blend-heads.ts';
import { calibrate } from './calibrate.ts';
import { type FittedHead, fitHead } from './fit-head.ts';
import type { LocatedEncoder } from './foundations/encoder.ts';
import type { OnnxEncoder } from './foundations/onnx-encoder.ts';
import type { HeadSource } from './head-problem.ts';
import { LinearHead } from './linear-head.ts';
import type { Outcome } from './outcome.ts';
import { Ranking } from './ranking.ts';
import type { SharedArtifact, WeighedArtifact } from './shared-artifact.ts';
import { fitTemperature, type HeldOutScores } from './temperature.ts';
import { type HeldOutPart, type TrainingRows, trainingRows } from './training-rows.ts';
import { readDataset } from './training-set.ts';
import { UseLite } from './use-lite.ts';
import { readUseLiteWeights } from './use-lite-weights.ts';

export interface EmbedTask {
  readonly texts: readonly string[];
  /** Null for USE-Lite. */
  readonly encoder: LocatedEncoder | null;
}

export interface RowsTask {
  readonly dataset: Uint8Array;
  readonly labels: readonly string[];
  /** Whether folds tell equal texts apart. */
  readonly byFolds: boolean;
}

export interface CalibrateTask extends HeadSource {
  readonly teacher: SharedArtifact | null;
  /** Takes `[done, total]`. */
  readonly progress: MessagePort;
}
export interface FitTask extends CalibrateTask {
  readonly heldOut: HeldOutPart | null;
}

export interface BlendTask {
  /** Their parts sum to 1. */
  readonly heads: readonly WeighedArtifact[];
}

export interface PredictTask {
  readonly artifact: SharedArtifact;
  readonly inputs: readonly string[];
  readonly embeddings: Float32Array | null;
  /** How many labels to name for each input. */
  readonly top: number;
}
export interface PredictAnswer {
  /** `top` positions in the artifact's `labels` an input, most probable first; −1 for an input without text. */
  readonly labels: Int32Array;
  readonly confidences: Float64Array;
}

/** Bytes of loaded heads that this thread keeps at most, as its pool says; the one in use is always kept. */
const maximumHeadBytes = Number(process.argv[2]) || 64 * 2 ** 20;

let useLite: Promise<UseLite> | undefined;
let loaded: { readonly key: string; readonly encoder: Promise<OnnxEncoder> } | undefined;
const heads = new LRUCache<string, LinearHead>({
  maxSize: maximumHeadBytes,
  // One that is larger takes all the room, and is kept alone.
  sizeCalculation: ({ bytes }) => Math.min(bytes, maximumHeadBytes),
});

const taggers = new LRUCache<string, Tagger>({ max: 16 });

/** Embeds texts that are readable already (see `readableText`). One row a text. */
export async function embed({ texts, encoder }: EmbedTask): Promise<Outcome<Float32Array<ArrayBuffer>>> {
  return settle(async () => {
    if (encoder !== null) return (await (await encoderOf(encoder)).embed(texts)).rows;
    useLite ??= readUseLiteWeights().then((weights) => new UseLite(weights));
    return (await useLite).embed(texts);
  });
}

/** Reads a dataset for all the fits on it. */
export async function rows({ dataset, labels, byFolds }: RowsTask): Promise<Outcome<TrainingRows>> {
  return settle(() => trainingRows(readDataset(dataset), labels, byFolds));
}

export async function fit({ progress, teacher, ...task }: FitTask): Promise<Outcome<FittedHead>> {
  return settle(() =>
    fitHead({ ...task, teacher: teacher === null ? null : headOf(teacher), onProgress: reportTo(progress) }),
  );
}

/** The temperature of a head on all examples. */
export async function calibration({ progress, teacher, ...task }: CalibrateTask): Promise<Outcome<number>> {
  return settle(() =>
    calibrate({ ...task, teacher: teacher === null ? null : headOf(teacher), onProgress: reportTo(progress) }),
  );
}

/** The temperature of fold models, by what they score the rows that they have not trained. */
export async function temperature(models: readonly HeldOutScores[]): Promise<Outcome<number>> {
  return settle(() => fitTemperature(models));
}

/** One head of several. */
export async function blend({ heads: parts }: BlendTask): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  return settle(() => {
    const [first, ...others] = parts.map(({ bytes, stored, part }): HeadPart => {
      const head = stored === null ? decodeArtifact(bytes.slice()) : artifactOf({ bytes, ...stored });
      return { head, part };
    });
    if (first === undefined) {
      throw new RangeError('there is nothing to blend');
    }
    return encodeArtifact(blendHeads([first, ...others]));
  });
}

export async function predict({ artifact, inputs, embeddings, top }: PredictTask): Promise<Outcome<PredictAnswer>> {
  return settle(() => {
    const head = headOf(artifact);
    const { classes, labels: allLabels, denseWidth } = head.header;
    const labels = new Int32Array(inputs.length * top).fill(-1);
    const confidences = new Float64Array(inputs.length * top);
    const probabilities = new Float64Array(classes.length);
    const ranking = new Ranking(classes, allLabels.length, top);
    inputs.forEach((input, row) => {
      const embedding = embeddings?.subarray(row * denseWidth, (row + 1) * denseWidth) ?? null;
      if (head.probabilities(input, embedding, probabilities)) {
        ranking.write(probabilities, labels, confidences, row * top);
      }
    });
    return { labels, confidences };
  });
}

export async function fitTagger(task: FitTaggerTask): Promise<Outcome<FittedTaggerBytes>> {
  return settle(() => fitTaggerBytes(task));
}

export async function averageTaggers(task: AverageTaggersTask): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  return settle(() => averageTaggerBytes(task));
}

/** The entities of each input; null for an input without a token. */
export async function tag({ artifact, ...asked }: TagTask): Promise<Outcome<readonly (TaggedText | null)[]>> {
  return settle(() => tagAll(heldTagger(artifact), asked));
}

/** How likely an entity is at its place in each input; null where the tagger cannot tell. */
export async function chances(task: ChancesTask): Promise<Outcome<readonly (number | null)[]>> {
  return settle(() => chancesIn(heldTagger(task.artifact), task));
}

/** An encoder is kept until another one is asked for: weights are large. */
function encoderOf(encoder: LocatedEncoder): Promise<OnnxEncoder> {
  const key = JSON.stringify(encoder);
  if (loaded?.key !== key) loaded = { key, encoder: loadEncoder(encoder) };
  loaded.encoder.catch(() => {
    loaded = undefined;
  });
  return loaded.encoder;
}

async function loadEncoder(encoder: LocatedEncoder): Promise<OnnxEncoder> {
  const { loadOnnxEncoder } = await import('./foundations/onnx-encoder.ts');
  return loadOnnxEncoder(encoder);
}

function heldTagger(artifact: SharedArtifact): Tagger {
  const tagger = taggers.get(artifact.digest) ?? taggerOf(artifact);
  taggers.set(artifact.digest, tagger);
  return tagger;
}

function reportTo(port: MessagePort): (done: number, total: number) => void {
  return (done, total) => port.postMessage([done, total]);
}

function headOf(artifact: SharedArtifact): LinearHead {
  const known = heads.get(artifact.digest);
  if (known !== undefined) {
    return known;
  }
  const head = new LinearHead(artifactOf(artifact));
  heads.set(artifact.digest, head);
  return head;
}

function artifactOf({ bytes, digest, ref }: SharedArtifact): HeadArtifact {
  checkDigest(bytes, digest, ref);
  return decodeArtifact(bytes.slice(), ref);
}

async function settle<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return error instanceof RatchetError
      ? { ok: false, name: error.name, message: error.message, cause: causeText(error.cause), mend: error.mend }
      : { ok: false, name: null, message: String(error), cause: error instanceof Error ? (error.stack ?? null) : null };
  }
}

function causeText(cause: unknown): string | null {
  return cause === undefined ? null : cause instanceof Error ? cause.message : String(cause);
}
