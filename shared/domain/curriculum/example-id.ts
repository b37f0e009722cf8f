import { canonicalJson, shortDigest, shortDigestOfAll } from '../base/ids.ts';
import type { Example, Provenance } from '../models/example.ts';
import type { Output } from '../models/task.ts';

/** Names an example by what it says and the kind of its source, whatever dataset it is in. */
export function exampleIdOf(input: string, output: Output, kind: Provenance['kind']): string {
  return shortDigest(input, canonicalJson(output), kind);
}

/** Names a dataset by its content; the order of its examples does not matter. */
export function datasetIdOf(examples: readonly Example[]): string {
  return shortDigestOfAll(examples.map((example) => canonicalJson(example)).sort());
}
