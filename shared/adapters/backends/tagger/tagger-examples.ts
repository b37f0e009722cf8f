import { RatchetError } from '../../../domain/base/errors.ts';
import { type Example, exampleSchema } from '../../../domain/models/example.ts';
import { type Entity, entitiesOf } from '../../../tasks/extraction/entity.ts';
import type { ExtractionSpec } from '../../../tasks/extraction/extraction-spec.ts';
import { outermost } from './meeting-entities.ts';
import { beginOf, insideOf, outside } from './states.ts';
import { mostCharacters, type Token, tokensOf } from './tokens.ts';

/** An example in tokens. */
export interface TokenizedExample {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly entities: readonly Entity[];
  readonly weight: number;
  /** The folds whose models must not train it. */
  readonly folds: readonly number[];
}

/**
 * Reads a dataset, JSON lines of `Example`; examples without a token are left out. Where entities may not share characters,
 * of those that do the outermost is taken.
 * @throws RatchetError InvalidInput naming the line
 */
export function readTaggerDataset(bytes: Uint8Array, overlaps: ExtractionSpec['overlaps']): TokenizedExample[] {
  const examples: TokenizedExample[] = [];
  // TextDecoder refuses shared memory, so the bytes are copied.
  const lines = new TextDecoder().decode(bytes.slice()).split('\n');
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const { input, output, weight, folds } = parseLine(line, index + 1);
    const text = input.slice(0, mostCharacters);
    const tokens = tokensOf(text);
    const entities = overlaps === 'allowed' ? entitiesOf(output) : outermost(entitiesOf(output));
    if (tokens.length > 0) examples.push({ text, tokens, entities, weight, folds });
  });
  if (examples.length === 0) {
    throw new RatchetError('InvalidInput', 'The dataset has no example with text to learn from.');
  }
  return examples;
}

/** The state of each token. A token that an entity covers in part belongs to it. @param types by their number */
export function tagsOf(
  { tokens, entities }: Pick<TokenizedExample, 'tokens' | 'entities'>,
  types: ReadonlyMap<string, number>,
): Uint16Array {
  const tags = new Uint16Array(tokens.length).fill(outside);
  let next = 0;
  for (const entity of entities) {
    const type = types.get(entity.label);
    if (type === undefined) continue;
    while (next < tokens.length && (tokens[next]?.end ?? 0) <= entity.start) next++;
    let isFirst = true;
    for (; next < tokens.length && (tokens[next]?.start ?? 0) < entity.end; next++) {
      tags[next] = isFirst ? beginOf(type) : insideOf(type);
      isFirst = false;
    }
  }
  return tags;
}

function parseLine(line: string, number: number): Example {
  try {
    return exampleSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new RatchetError('InvalidInput', `Line ${number} of the dataset is not an example.`, { cause });
  }
}
