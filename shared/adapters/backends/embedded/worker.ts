import type { MessagePort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import { artifactDigest, checkDigest, decodeArtifact, encodeArtifact, type HeadArtifact } from './artifact.ts';
import type { EmbeddedConfiguration } from './embedded-configuration.ts';
import { interpolateHeads } from './interpolate-heads.ts';
import { LinearHead } from './linear-head.ts';
import type { Outcome } from './outcome.ts';
import { trainHead } from './train-head.ts';
import { readDataset } from './training-set.ts';
import { embeddingLength, UseLite } from './use-lite.ts';
import { readUseLiteWeights } from './use-lite-weights.ts';

/** An artifact in shared memory, and the digest that it must have. */
export interface SharedArtifact {
  readonly bytes: Uint8Array;
  readonly digest: string;
}

export interface TrainTask {
  readonly dataset: Uint8Array;
  readonly labels: readonly string[];
  readonly configuration: EmbeddedConfiguration;
  readonly seed: number;
  readonly teacher: SharedArtifact | null;
  /** One embedding an example read from the dataset, or null when none is needed. */
  readonly embeddings: Float32Array | null;
  /** Takes `[done, total]`. */
  readonly progress: MessagePort;
}
export interface TrainAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
  readonly examples: number;
  readonly finalLoss: number;
}

export interface InterpolateTask {
  readonly trained: Uint8Array;
  readonly champion: SharedArtifact;
  /** The champion's part. */
  readonly share: number;
}
export interface InterpolateAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
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

/** Bytes of loaded heads that a worker keeps at most; the one in use is always kept. */
const maximumHeadBytes = 512 * 2 ** 20;

let useLite: Promise<UseLite> | undefined;
const heads = new LRUCache<string, LinearHead>({
  maxSize: maximumHeadBytes,
  // One that is larger takes all the room, and is kept alone.
  sizeCalculation: ({ bytes }) => Math.min(bytes, maximumHeadBytes),
});

/** Embeds texts that are readable already (see `readableText`). One row a text. */
export async function embed(texts: readonly string[]): Promise<Outcome<Float32Array<ArrayBuffer>>> {
  return settle(async () => {
    useLite ??= readUseLiteWeights().then((weights) => new UseLite(weights));
    return (await useLite).embed(texts);
  });
}

/** The texts of a dataset's examples, in the order in which {@link train} reads them. */
export async function datasetTexts(bytes: Uint8Array): Promise<Outcome<string[]>> {
  return settle(() => readDataset(bytes).map(({ text }) => text));
}

export async function train(task: TrainTask): Promise<Outcome<TrainAnswer>> {
  return settle(() => {
    const examples = readDataset(task.dataset);
    const { labels, configuration, seed, embeddings, progress } = task;
    const { teacher: shared } = task;
    const teacher = shared === null || configuration.distillation === 0 ? null : headOf(shared);
    let last = 0;
    const onProgress = (done: number, total: number) => {
      if (done > last) {
        last = done;
        progress.postMessage([done, total]);
      }
    };
    const { bytes, finalLoss } = trainHead({
      labels,
      examples,
      configuration,
      seed,
      embeddings,
      teacher,
      onProgress,
    });
    return { bytes, digest: artifactDigest(bytes), examples: examples.length, finalLoss };
  });
}

/** Averages a trained head with the champion. */
export async function interpolate({ trained, champion, share }: InterpolateTask): Promise<Outcome<InterpolateAnswer>> {
  return settle(() => {
    const bytes = encodeArtifact(interpolateHeads(decodeArtifact(trained.slice()), artifactOf(champion), share));
    return { bytes, digest: artifactDigest(bytes) };
  });
}

export async function predict({ artifact, inputs, embeddings, top }: PredictTask): Promise<Outcome<PredictAnswer>> {
  return settle(() => {
    const head = headOf(artifact);
    const { classes, labels: allLabels } = head.header;
    const labels = new Int32Array(inputs.length * top).fill(-1);
    const confidences = new Float64Array(inputs.length * top);
    const probabilities = new Float64Array(classes.length);
    const ranking = new Ranking(classes, allLabels.length, top);
    inputs.forEach((input, row) => {
      const embedding = embeddings?.subarray(row * embeddingLength, (row + 1) * embeddingLength) ?? null;
      if (head.probabilities(input, embedding, probabilities)) {
        ranking.write(probabilities, labels, confidences, row * top);
      }
    });
    return { labels, confidences };
  });
}

/** Picks the most probable classes; labels without a class follow, with probability 0. */
class Ranking {
  readonly #classes: readonly number[];
  readonly #absent: readonly number[];
  readonly #top: number;

  constructor(classes: readonly number[], labels: number, top: number) {
    const present = new Set(classes);
    this.#classes = classes;
    this.#top = top;
    this.#absent =
      top > classes.length
        ? Array.from({ length: labels }, (_, position) => position).filter((position) => !present.has(position))
        : [];
  }

  write(probabilities: Float64Array, labels: Int32Array, confidences: Float64Array, at: number): void {
    const chosen: number[] = [];
    for (let rank = 0; rank < this.#top; rank++) {
      let best = -1;
      for (let k = 0; k < probabilities.length; k++) {
        if ((best < 0 || (probabilities[k] ?? 0) > (probabilities[best] ?? 0)) && !chosen.includes(k)) {
          best = k;
        }
      }
      if (best < 0) {
        labels[at + rank] = this.#absent[rank - this.#classes.length] ?? -1;
      } else {
        chosen.push(best);
        labels[at + rank] = this.#classes[best] ?? -1;
        confidences[at + rank] = probabilities[best] ?? 0;
      }
    }
  }
}

function headOf({ bytes, digest }: SharedArtifact): LinearHead {
  const known = heads.get(digest);
  if (known !== undefined) {
    return known;
  }
  const head = new LinearHead(artifactOf({ bytes, digest }));
  heads.set(digest, head);
  return head;
}

function artifactOf({ bytes, digest }: SharedArtifact): HeadArtifact {
  checkDigest(bytes, digest);
  return decodeArtifact(bytes.slice());
}

async function settle<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return error instanceof RatchetError
      ? { ok: false, name: error.name, message: error.message, cause: causeText(error.cause) }
      : { ok: false, name: null, message: String(error), cause: error instanceof Error ? (error.stack ?? null) : null };
  }
}

function causeText(cause: unknown): string | null {
  return cause === undefined ? null : cause instanceof Error ? cause.message : String(cause);
}
