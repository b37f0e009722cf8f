import { RatchetError } from '../../../domain/base/errors.ts';
import { type Example, exampleSchema } from '../../../domain/models/example.ts';
import { labelOf } from '../../../tasks/classification/label.ts';
import { readableText } from './text-features.ts';

/** An example with a text to learn from, its output the label. */
export interface ReadableExample {
  readonly text: string;
  readonly output: string;
  readonly weight: number;
  /** The folds whose models must not train it. */
  readonly folds: readonly number[];
}

/**
 * Reads a dataset, JSON lines of `Example`. Examples whose input has no visible character are left out: there is
 * nothing to learn from them. @throws RatchetError InvalidInput naming the line
 */
export function readDataset(bytes: Uint8Array): readonly ReadableExample[] {
  const examples: ReadableExample[] = [];
  // TextDecoder refuses shared memory, so the bytes are copied.
  const lines = new TextDecoder().decode(bytes.slice()).split('\n');
  lines.forEach((line, index) => {
    if (line.trim() === '') {
      return;
    }
    const { input, output, weight, folds } = parseLine(line, index + 1);
    const text = readableText(input);
    if (text !== '') {
      examples.push({ text, output: labelOf(output), weight, folds });
    }
  });
  if (examples.length === 0) {
    throw new RatchetError('InvalidInput', 'The dataset has no example with text to learn from.');
  }
  return examples;
}

function parseLine(line: string, number: number): Example {
  try {
    return exampleSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new RatchetError('InvalidInput', `Line ${number} of the dataset is not an example.`, { cause });
  }
}
