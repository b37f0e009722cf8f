import type { FileHead, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { readLines } from '../read-lines.ts';
import { jsonContainerOf, unreadable } from './records.ts';
import { entitiesOfTokens, isTag, type TaggedToken } from './tagged-tokens.ts';

/**
 * Columns of tokens and tags (CoNLL-2003 and what is like it): a token a line, its tag in the last column, columns parted
 * by a tab or blanks, a blank line after each sentence. Tags are IO, BIO, IOBES or BILOU. `-DOCSTART-` and comments are
 * passed over. The text of a sentence is its tokens joined by blanks.
 */
export const conllFormat: TraceFormat = {
  name: 'conll',
  title: 'CoNLL columns of tokens and tags',
  zone: null,
  freeNames: false,
  detects: (head) => layoutOf(head) !== null,
  read: readSentences,
};

interface Layout {
  readonly delimiter: '\t' | ' ';
  readonly columns: number;
}

const linesLookedAt = 400;

/** Of every so many lines at least all but one are a token with its tag where a file is of this format. */
const rightOfEach = 20;

function layoutOf(head: FileHead): Layout | null {
  if (jsonContainerOf(head) !== null) return null;
  const lines = head.text.split('\n', linesLookedAt).map((line) => line.replace(/\r$/, ''));
  if (!head.whole && lines.length < linesLookedAt) lines.pop();
  const said = lines.filter((line) => line.trim() !== '' && !isDocumentStart(line));
  for (const delimiter of ['\t', ' '] as const) {
    const tagged = said.map((line) => columnsOf(line, delimiter)).filter((columns) => isTagged(columns));
    const others = said.filter((line) => !line.startsWith('#') && !isTagged(columnsOf(line, delimiter)));
    const [first] = tagged;
    if (first === undefined || others.length * rightOfEach > said.length) continue;
    return { delimiter, columns: first.length };
  }
  return null;
}

function columnsOf(line: string, delimiter: Layout['delimiter']): readonly string[] {
  // A no-break space may be a token of its own.
  return delimiter === '\t' ? line.split('\t') : line.trim().split(/[ \t]+/);
}

function isTagged(columns: readonly string[]): boolean {
  return columns.length >= 2 && columns[0]?.trim() !== '' && isTag(columns.at(-1)?.trim() ?? '');
}

function isDocumentStart(line: string): boolean {
  return /^-DOCSTART-(?:\s|$)/.test(line);
}

class Sentence {
  readonly #tokens: TaggedToken[] = [];
  #line = 0;
  #problem: { readonly line: number; readonly text: string; readonly reason: string; readonly mend: string } | null =
    null;

  get isEmpty(): boolean {
    return this.#tokens.length === 0 && this.#problem === null;
  }

  add(line: number, token: TaggedToken): void {
    if (this.isEmpty) this.#line = line;
    this.#tokens.push(token);
  }

  refuse(line: number, text: string, reason: string, mend: string): void {
    this.#problem ??= { line, text, reason, mend };
  }

  item(): FormatItem {
    if (this.#problem !== null) return unreadable(this.#problem.line, this.#problem.text, this.#problem);
    const { input, entities } = entitiesOfTokens(this.#tokens);
    return { kind: 'trace', line: this.#line, text: input, fields: { input, output: entities }, annotations: [] };
  }
}

async function* readSentences(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FormatItem> {
  let layout: Layout | null = null;
  let sentence = new Sentence();
  let last = 0;
  for await (const line of readLines(chunks)) {
    // Blank lines are not handed over: they end a sentence where the numbers of lines leap.
    if (line.number !== last + 1 && !sentence.isEmpty) {
      yield sentence.item();
      sentence = new Sentence();
    }
    last = line.number;
    if (line.kind === 'unreadable') {
      sentence.refuse(line.number, line.head, line.reason, line.mend);
      continue;
    }
    const { number, text } = line;
    if (isDocumentStart(text)) {
      if (!sentence.isEmpty) yield sentence.item();
      sentence = new Sentence();
      continue;
    }
    layout ??= layoutOfLine(text);
    const columns = columnsOf(text, layout?.delimiter ?? '\t');
    const isComment = text.startsWith('#') && (!isTagged(columns) || columns.length !== layout?.columns);
    if (isComment) continue;
    if (isTagged(columns)) {
      sentence.add(number, { token: columns[0]?.trim() ?? '', tag: columns.at(-1)?.trim() ?? '' });
    } else {
      sentence.refuse(
        number,
        text,
        'no token with a tag: the last column is none such as O or B-city',
        'write a token and its tag in each line, and a blank line after each sentence',
      );
    }
  }
  if (!sentence.isEmpty) yield sentence.item();
}

/** How a line parts its columns; null for a comment. */
function layoutOfLine(line: string): Layout | null {
  for (const delimiter of ['\t', ' '] as const) {
    const columns = columnsOf(line, delimiter);
    if (isTagged(columns) && !(line.startsWith('# ') && delimiter === ' '))
      return { delimiter, columns: columns.length };
  }
  return null;
}
