import type { Json } from '../../domain/base/json.ts';
import type { Output } from '../../domain/base/output.ts';
import type { WrittenOutputs } from '../../domain/base/task-kind.ts';
import { type ClassificationSpec, hasLabel } from './classification-spec.ts';
import { labelOutput } from './label.ts';

/** Beyond that a list of labels is no longer worth its place in a request. */
const mostNamed = 300;

/** A label as a language model writes it: to the letter. */
export const writtenLabel: WrittenOutputs<ClassificationSpec> = {
  words: 'the right label, where the answer is wrong and you know it, else null',
  schema: ({ labels }): Json =>
    labels.length <= mostNamed ? { type: ['string', 'null'], enum: [...labels, null] } : { type: ['string', 'null'] },
  read: (task, _input, written): Output | null =>
    typeof written === 'string' && hasLabel(task, written) ? labelOutput(written) : null,
};
