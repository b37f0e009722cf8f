import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Prediction } from '../../../ports/predictor.ts';
import type { Answering } from './answering.ts';
import { loadModel } from './model.ts';

export interface AnswerTask {
  /** The archive in shared memory, with where it was read and the SHA-256 that it must have. */
  readonly artifact: { readonly bytes: Uint8Array; readonly ref: string; readonly digest: string };
  readonly inputs: readonly string[];
  /** How many alternatives to name. */
  readonly alternatives: number;
}

/** An error's class does not survive the way between threads, so its parts travel as data. */
export type Answered =
  | { readonly predictions: readonly Prediction[] }
  | {
      readonly error: {
        readonly name: 'CorruptArtifact' | 'InvalidInput';
        readonly message: string;
        readonly mend: string;
      };
    };

/** A champion, and the fold models beside it. */
const models = new LRUCache<string, Answering>({ max: 3 });

/** Answers in the order of the inputs. */
export default async function answer({ artifact, inputs, alternatives }: AnswerTask): Promise<Answered> {
  try {
    const model = models.get(artifact.digest) ?? (await load(artifact));
    models.set(artifact.digest, model);
    const predictions: Prediction[] = [];
    for (const input of inputs) predictions.push(await model(input, alternatives));
    return { predictions };
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'InvalidInput') {
      return { error: { name: error.name, message: error.message, mend: error.mend } };
    }
    const why = error instanceof Error ? error.message : String(error);
    const { name, message, mend } = new RatchetError(
      'CorruptArtifact',
      `Artifact ${artifact.ref} cannot answer as ONNX: ${why.slice(0, 500)}`,
      { mend: 'Only checkpoints of a model with --predictor gliner2-onnx can. Roll back to one that is whole.' },
    );
    return { error: { name: name === 'CorruptArtifact' ? name : 'InvalidInput', message, mend } };
  }
}

function load({ bytes, digest }: AnswerTask['artifact']): Promise<Answering> {
  const copy = bytes.slice();
  const found = createHash('sha256').update(copy).digest('hex');
  if (found !== digest) throw new RangeError(`its SHA-256 is ${found}, expected ${digest}`);
  return loadModel(copy);
}
