import { JSONParser } from '@streamparser/json';
import { RatchetError } from '../../domain/base/errors.ts';
import type { FileHead, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { readRecord, spacyShape } from './spacy.ts';
import { objectOf } from './untrusted.ts';

/**
 * Pairs of a text and its annotations, `["text", {"entities": [[0, 5, "city"]]}]`, as spaCy's examples of training data
 * have them: one a line, or in a list.
 */
export const spacyPairsFormat: TraceFormat = {
  name: 'spacy-pairs',
  title: `pairs of a text and its entities (spaCy)`,
  zone: spacyShape.zone,
  freeNames: false,
  detects: ({ text }: FileHead) => /^\s*(?:\[\s*)?\[\s*"(?:[^"\\]|\\.)*"\s*,\s*\{\s*"entities"\s*:/.test(text),
  read: readPairs,
};

/** `line` is the number of the pair. */
async function* readPairs(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  let pairs: (readonly [unknown, unknown])[] = [];
  let pending: string | null = null;
  const parser = new JSONParser({ paths: ['$.*'], separator: '' });
  parser.onValue = ({ value }) => {
    if (Array.isArray(value)) pairs.push([value[0], value[1]]);
    else if (typeof value === 'string') pending = value;
    else {
      pairs.push([pending, value]);
      pending = null;
    }
  };
  let line = 0;
  let fault: unknown = null;
  parser.onError = (error) => {
    fault ??= error;
  };
  const taken = (): FormatItem[] => {
    const items = pairs.map(([text, annotations]) => {
      line += 1;
      const shown = JSON.stringify([text, annotations]);
      return readRecord({ ...objectOf(annotations), text }, { line, text: shown });
    });
    pairs = [];
    return items;
  };
  for await (const chunk of chunks) {
    if (fault === null) parser.write(chunk);
    yield* taken();
    if (fault !== null) throw notReadable(name, line, fault);
  }
}

function notReadable(name: string, line: number, fault: unknown): RatchetError {
  const detail = fault instanceof Error ? fault.message : 'it cannot be parsed';
  return new RatchetError('InvalidInput', `${name} is not JSON after pair ${line}: ${detail.slice(0, 200)}.`, {
    mend: 'Correct it there, or export it again. What stands before was read.',
  });
}
