import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { LRUCache } from 'lru-cache';
import { Piscina } from 'piscina';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Predictor } from '../../../ports/predictor.ts';
import { moduleAt } from '../own-code.ts';
import { gliner2OnnxFacts } from './facts.ts';
import type { Answered, AnswerTask } from './worker.ts';

const defaultAlternatives = 2;
/** Inputs in one task of a worker. */
const taskInputs = 32;
/** Each keeps the weights of its models for itself. */
const mostThreads = 2;
const heldBytes = 2 ** 31;

/** Answers with what training jobs wrote as ONNX, on worker threads of its own; no Python is needed. */
export function createGliner2OnnxPredictor({ objects }: { readonly objects: ObjectStore }): Predictor & {
  close(): Promise<void>;
} {
  const held = new LRUCache<string, Uint8Array>({
    maxSize: heldBytes,
    sizeCalculation: ({ length }) => Math.max(1, Math.min(length, heldBytes)),
  });
  let pool: Piscina<AnswerTask, Answered> | undefined;
  const workers = () => {
    pool ??= new Piscina({
      filename: fileURLToPath(moduleAt('./worker', import.meta.url)),
      minThreads: 0,
      maxThreads: Math.min(mostThreads, availableParallelism()),
      idleTimeout: Number.POSITIVE_INFINITY,
    });
    return pool;
  };
  const artifactOf = async (ref: string, digest: string): Promise<AnswerTask['artifact']> => {
    const bytes = held.get(digest) ?? shared(ref, await objects.get(ref));
    held.set(digest, bytes);
    return { bytes, ref, digest };
  };
  return {
    ...gliner2OnnxFacts,
    async predict({ ref, digest }, inputs, { alternatives = defaultAlternatives, onProgress } = {}) {
      if (digest === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
      const artifact = await artifactOf(ref, digest);
      const begins = Array.from({ length: Math.ceil(inputs.length / taskInputs) }, (_, at) => at * taskInputs);
      let done = 0;
      const parts = await Promise.all(
        begins.map(async (begin) => {
          const part = inputs.slice(begin, begin + taskInputs);
          const answer = await workers().run({ artifact, inputs: part, alternatives });
          if ('error' in answer) {
            held.delete(digest);
            throw new RatchetError(answer.error.name, answer.error.message, { mend: answer.error.mend });
          }
          done += part.length;
          onProgress?.(done, inputs.length);
          return answer.predictions;
        }),
      );
      return parts.flat();
    },
    async close() {
      await pool?.destroy();
      pool = undefined;
    },
  };
}

function shared(ref: string, body: Uint8Array | undefined): Uint8Array {
  if (body === undefined) throw new RatchetError('ObjectMissing', `There is no object ${ref}.`);
  const bytes = new Uint8Array(new SharedArrayBuffer(body.length));
  bytes.set(body);
  return bytes;
}
