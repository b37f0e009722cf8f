import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { without } from './entity-item.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import { type JsonObject, unreadable } from './records.ts';
import { entitiesOfTokens, isTag } from './tagged-tokens.ts';

/**
 * Lists of tokens: with a tag each (`{"tokens", "ner_tags"}`, as data sets on the Hugging Face hub have them), or with
 * the first and last token of each entity (`{"tokenized_text", "ner": [[0, 1, "city"]]}`, as GLiNER is trained with).
 * The text is the tokens joined by blanks.
 */
export const tokenListsShape: RecordShape = {
  name: 'token-lists',
  title: 'lists of tokens with entities (GLiNER, ner_tags)',
  zone: null,
  freeNames: true,
  recognises: (record) => isTexts(tokensOf(record)) && (Array.isArray(record.ner) || tagsOf(record) !== undefined),
  begin: () => readTokens,
};

export const tokenListsFormat: TraceFormat = formatOfRecords(tokenListsShape);

function tokensOf({ tokenized_text: tokenized, tokens, words }: JsonObject): unknown {
  return tokenized ?? tokens ?? words;
}

function tagsOf({ ner_tags: nerTags, tags, labels }: JsonObject): readonly unknown[] | undefined {
  return [nerTags, tags, labels].find((list) => Array.isArray(list));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

const own = ['tokenized_text', 'tokens', 'words', 'ner', 'ner_tags', 'tags', 'labels'];

function readTokens({ line, text, value }: SourceRecord): FormatItem {
  const tokens = tokensOf(value);
  if (!isTexts(tokens) || tokens.length === 0) {
    return unreadable(line, text, { reason: 'it has no tokens', mend: 'write "tokens" as a list of texts' });
  }
  const tags = tagsOf(value);
  const read = Array.isArray(value.ner) ? byFirstAndLast(tokens, value.ner) : byTags(tokens, tags ?? []);
  if (typeof read === 'string') {
    return unreadable(line, text, { reason: read, mend: 'write a tag such as O or B-city for each token' });
  }
  const fields = { ...without(value, own), input: read.input, output: read.entities };
  return { kind: 'trace', line, text, fields, annotations: [] };
}

function byTags(tokens: readonly string[], tags: readonly unknown[]) {
  if (tags.length !== tokens.length) return `it has ${tokens.length} tokens and ${tags.length} tags`;
  const wrong = tags.find((tag) => typeof tag !== 'string' || !isTag(tag));
  if (wrong !== undefined) {
    return typeof wrong === 'number' ? 'its tags are numbers without names' : 'a tag is none such as O or B-city';
  }
  return entitiesOfTokens(tokens.map((token, at) => ({ token, tag: String(tags[at]) })));
}

function byFirstAndLast(tokens: readonly string[], ner: readonly unknown[]) {
  const starts: number[] = [];
  let at = 0;
  for (const token of tokens) {
    starts.push(at);
    at += token.length + 1;
  }
  const input = tokens.join(' ');
  const entities = [];
  for (const [index, entry] of ner.entries()) {
    const [first, last, label] = Array.isArray(entry) ? entry : [];
    const start = starts[first];
    const end = starts[last];
    if (typeof label !== 'string' || start === undefined || end === undefined || first > last) {
      return `entity ${index + 1} names no first and last of the ${tokens.length} tokens with a type`;
    }
    const stop = end + (tokens[last]?.length ?? 0);
    entities.push({ label, start, end: stop, text: input.slice(start, stop) });
  }
  return { input, entities };
}
