import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import { type Classifier, loadClassifier } from './classifier.ts';

export interface ClassifyTask {
  /** The archive in shared memory, with the SHA-256 that it must have. */
  readonly artifact: { readonly bytes: Uint8Array; readonly digest: string };
  readonly inputs: readonly string[];
}

/** An error's class does not survive the way between threads, so its parts travel as data. */
export type Classified =
  | { readonly labels: readonly string[]; readonly chances: readonly (readonly number[] | null)[] }
  | {
      readonly error: {
        readonly name: 'CorruptArtifact' | 'InvalidInput';
        readonly message: string;
        readonly mend: string;
      };
    };

/** A champion, and the fold models beside it. */
const classifiers = new LRUCache<string, Classifier>({ max: 3 });

/** The chances of the labels that can be answered, for each input; null where nothing shows. */
export default async function classify({ artifact, inputs }: ClassifyTask): Promise<Classified> {
  try {
    const classifier = classifiers.get(artifact.digest) ?? (await load(artifact));
    classifiers.set(artifact.digest, classifier);
    const chances: (readonly number[] | null)[] = [];
    for (const input of inputs) chances.push(await classifier.chances(input));
    return { labels: classifier.labels, chances };
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'InvalidInput') {
      return { error: { name: error.name, message: error.message, mend: error.mend } };
    }
    const why = error instanceof Error ? error.message : String(error);
    const { name, message, mend } = new RatchetError(
      'CorruptArtifact',
      `The artifact cannot answer as ONNX: ${why.slice(0, 500)}`,
      { mend: 'Only checkpoints of a model with --predictor gliner2-onnx can. Roll back to one that is whole.' },
    );
    return { error: { name: name === 'CorruptArtifact' ? name : 'InvalidInput', message, mend } };
  }
}

function load({ bytes, digest }: ClassifyTask['artifact']): Promise<Classifier> {
  const copy = bytes.slice();
  const found = createHash('sha256').update(copy).digest('hex');
  if (found !== digest) throw new RangeError(`its SHA-256 is ${found}, expected ${digest}`);
  return loadClassifier(copy);
}
