import { quoted } from '../../domain/base/quoted.ts';
import type { FileHead, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { readLines } from '../read-lines.ts';
import { jsonContainerOf, unreadable } from './records.ts';
import { entitiesOfTokens, isTag, type TaggedToken } from './tagged-tokens.ts';

/**
 * Columns of tokens and tags (CoNLL-2003 and what is like it): a token a line, its tag in the last column, columns parted
 * by a tab or blanks, a blank line after each sentence. Tags are IO, BIO, IOBES or BILOU. `-DOCSTART-` and comments are
 * passed over, as is a first column that numbers the tokens of each sentence. The text of a sentence is its tokens joined
 * by blanks.
 */
export const conllFormat: TraceFormat = {
  name: 'conll',
  title: 'CoNLL columns of tokens and tags',
  zone: null,
  freeNames: false,
  detects: isColumns,
  read: readSentences,
};

interface Layout {
  readonly delimiter: '\t' | ' ';
  readonly columns: number;
}

const linesLookedAt = 400;

/** So many of a file's lines at least are a token with its tag where a file is of this format, a fraction. */
const taggedShare = 0.6;
/** So many lines at least have `O`, or what is like it, for a tag where a file is meant to be of this format. */
const outsideShare = 0.4;

function isColumns(head: FileHead): boolean {
  if (jsonContainerOf(head) !== null) return false;
  const lines = head.text.split('\n', linesLookedAt).map((line) => line.replace(/\r$/, ''));
  if (!head.whole && lines.length < linesLookedAt) lines.pop();
  const said = lines.filter((line) => line.trim() !== '' && !isDocumentStart(line));
  const tagged = (['\t', ' '] as const).map((delimiter) => said.filter((line) => isTagged(columnsOf(line, delimiter))));
  const most = Math.max(...tagged.map(({ length }) => length));
  const others = said.filter((line) => !line.startsWith('#') || tagged.some((lines) => lines.includes(line)));
  if (most > 0 && most >= taggedShare * others.length) return true;
  // Sentences that blank lines part: what is wrong with their tags is told line by line.
  const hasSentences = lines
    .slice(
      0,
      lines.findLastIndex((line) => line.trim() !== ''),
    )
    .some((line) => line.trim() === '');
  const outside = others.filter((line) => isLikeOutside(line)).length;
  return hasSentences && outside > 0 && outside >= outsideShare * others.length;
}

/** Whether a line has columns, and the first or the last of them is `O`. */
function isLikeOutside(line: string): boolean {
  const columns = line.trim().split(/[ \t]+|,/);
  return columns.length >= 2 && [columns[0], columns.at(-1)].some((column) => column === 'O' || column === 'o');
}

function columnsOf(line: string, delimiter: Layout['delimiter']): readonly string[] {
  // A no-break space may be a token of its own.
  const columns = delimiter === '\t' ? line.split('\t') : [];
  return columns.length > 1 ? columns : line.trim().split(/[ \t]+/);
}

function isTagged(columns: readonly string[]): boolean {
  return columns.length >= 2 && columns[0]?.trim() !== '' && isTag(columns.at(-1)?.trim() ?? '');
}

function isDocumentStart(line: string): boolean {
  return /^-DOCSTART-(?:\s|$)/.test(line);
}

interface Row {
  readonly columns: readonly string[];
  readonly tag: string;
}

class Sentence {
  readonly #rows: Row[] = [];
  #line = 0;
  #problem: { readonly line: number; readonly text: string; readonly reason: string; readonly mend: string } | null =
    null;

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#problem === null;
  }

  add(line: number, row: Row): void {
    if (this.isEmpty) this.#line = line;
    this.#rows.push(row);
  }

  /** Whether the first column numbers the tokens; null where one token alone does not tell. */
  get isNumbered(): boolean | null {
    if (this.#rows.length < 2) return null;
    return this.#rows.every(({ columns }, index) => columns.length >= 3 && columns[0]?.trim() === String(index + 1));
  }

  refuse(line: number, text: string, reason: string, mend: string): void {
    this.#problem ??= { line, text, reason, mend };
  }

  item(isNumbered: boolean): FormatItem {
    if (this.#problem !== null) return unreadable(this.#problem.line, this.#problem.text, this.#problem);
    const tokens = this.#rows.map(
      ({ columns, tag }): TaggedToken => ({ token: columns[isNumbered ? 1 : 0]?.trim() ?? '', tag }),
    );
    const { input, entities } = entitiesOfTokens(tokens);
    return { kind: 'trace', line: this.#line, text: input, fields: { input, output: entities }, annotations: [] };
  }
}

async function* readSentences(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FormatItem> {
  let layout: Layout | null = null;
  let sentence = new Sentence();
  let last = 0;
  let isNumbered: boolean | null = null;
  const ended = (): FormatItem => {
    isNumbered ??= sentence.isNumbered;
    const item = sentence.item(isNumbered ?? false);
    sentence = new Sentence();
    return item;
  };
  for await (const line of readLines(chunks)) {
    // Blank lines are not handed over: they end a sentence where the numbers of lines leap.
    if (line.number !== last + 1 && !sentence.isEmpty) yield ended();
    last = line.number;
    if (line.kind === 'unreadable') {
      sentence.refuse(line.number, line.head, line.reason, line.mend);
      continue;
    }
    const { number, text } = line;
    if (isDocumentStart(text)) {
      if (!sentence.isEmpty) yield ended();
      continue;
    }
    layout ??= layoutOfLine(text);
    const columns = columnsOf(text, layout?.delimiter ?? '\t');
    const isComment = text.startsWith('#') && (!isTagged(columns) || columns.length !== layout?.columns);
    if (isComment) continue;
    if (isTagged(columns)) {
      sentence.add(number, { columns, tag: columns.at(-1)?.trim() ?? '' });
    } else {
      const { reason, mend } = problemOf(columns, text);
      sentence.refuse(number, text, reason, mend);
    }
  }
  if (!sentence.isEmpty) yield ended();
}

/** Why a line is no token with its tag. */
function problemOf(columns: readonly string[], line: string): { readonly reason: string; readonly mend: string } {
  const [first = '', ...others] = columns.map((column) => column.trim());
  const last = others.at(-1);
  if (last === undefined || (last === '' && first !== '')) {
    const byCommas = last === undefined && line.includes(',');
    return byCommas
      ? { reason: 'its columns are parted by commas', mend: 'part the token and its tag by a tab or a blank' }
      : {
          reason: `the token ${quoted(first.slice(0, 80))} has no tag`,
          mend: 'write its tag behind it, O where it is part of no entity, and a blank line after each sentence',
        };
  }
  if (first === '') return { reason: 'the token before the tag is empty', mend: 'write the token in the first column' };
  if (isTag(first)) {
    return {
      reason: 'the tag stands before the token',
      mend: 'write the token in the first column, its tag in the last',
    };
  }
  return {
    reason: `${quoted(last.slice(0, 80))} is no tag such as O, B-city or I-city`,
    mend: 'write O, or B- and I- in capitals with a hyphen before the type, in the last column',
  };
}

/** How a line parts its columns; null for a comment. */
function layoutOfLine(line: string): Layout | null {
  for (const delimiter of ['\t', ' '] as const) {
    const columns = columnsOf(line, delimiter);
    if (isTagged(columns) && !(line.startsWith('# ') && delimiter === ' '))
      return { delimiter: line.includes('\t') ? delimiter : ' ', columns: columns.length };
  }
  return null;
}
