import { normalisedText } from '../base/text.ts';
import type { Example } from '../models/example.ts';

/**
 * Those examples of the parent's dataset that the records of the snapshot do not replace: the model's first examples,
 * all of them, and traces that the snapshot no longer reaches. What a record says by now counts instead of what was
 * learnt of it, and a trace that teaches nothing any more is dropped. What was written for an earlier curriculum, probes
 * and variants, is not handed on.
 */
export function examplesBeside(
  records: readonly { readonly input: string; readonly teaches: boolean }[],
  parent: readonly Example[],
): readonly Example[] {
  const teaches = new Map<string, boolean>();
  for (const record of records) {
    const text = normalisedText(record.input);
    teaches.set(text, record.teaches || teaches.get(text) === true);
  }
  return parent.filter(({ input, provenance, folds }) => {
    if (provenance.kind === 'probe' || provenance.kind === 'synthesis') return false;
    if (provenance.kind === 'file') return true;
    const record = teaches.get(normalisedText(input));
    return record === undefined || (!record && folds.length === 0 && provenance.kind !== 'trace');
  });
}
