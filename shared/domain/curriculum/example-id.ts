import { canonicalJson, shortDigest, shortDigestOfAll } from '../base/ids.ts';
import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { Example, Provenance } from '../models/example.ts';

/** Names an example by what it says and the kind of its source, whatever dataset it is in. */
export function exampleIdOf(
  input: string,
  output: Output,
  source: Provenance['kind'],
  kind: Pick<TaskKind, 'key'>,
): string {
  return shortDigest(input, canonicalJson(kind.key(output)), source);
}

/** Names a dataset by its content; the order of its examples does not matter. */
export function datasetIdOf(examples: readonly Example[]): string {
  return shortDigestOfAll(examples.map((example) => canonicalJson(example)).sort());
}
