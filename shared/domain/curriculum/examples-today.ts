import type { LabelReading } from '../base/label-change.ts';
import type { Example } from '../models/example.ts';

/**
 * Examples of a dataset in the labels that its model has today, and those whose label was split since, as they were.
 * @param reading null where the labels were never changed
 */
export function examplesToday(
  examples: readonly Example[],
  reading: LabelReading | null,
): { readonly examples: readonly Example[]; readonly leftOpen: readonly Example[] } {
  if (reading === null) return { examples, leftOpen: [] };
  const read = examples.map((example) => ({ example, output: reading.translate(example.output).output }));
  return {
    examples: read.flatMap(({ example, output }) => (output === null ? [] : [{ ...example, output }])),
    leftOpen: read.flatMap(({ example, output }) => (output === null ? [example] : [])),
  };
}
