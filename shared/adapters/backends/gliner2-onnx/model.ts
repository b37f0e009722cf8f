import { z } from 'zod';
import { readArchive } from '../jobs/read-archive.ts';
import type { Answering } from './answering.ts';
import { loadClassifier } from './classifier.ts';
import { loadExtractor } from './extractor.ts';

const artifactSchema = z.object({
  task: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('classification'), labels: z.array(z.string()) }),
    z.object({ kind: z.literal('extraction') }),
  ]),
});

/**
 * Loads what a training job wrote as ONNX.
 * @throws Error for an archive without it
 */
export function loadModel(archive: Uint8Array): Promise<Answering> {
  const files = readArchive(archive);
  const file = (name: string): Uint8Array => {
    const found = files.get(name);
    if (found === undefined) throw new RangeError(`it has no ${name}`);
    return found;
  };
  const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(file(name)));
  const about = json('onnx/about.json');
  const { task } = artifactSchema.parse(json('artifact.json'));
  return task.kind === 'extraction' ? loadExtractor(about, file) : loadClassifier(about, task.labels, file);
}
