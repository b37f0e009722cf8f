import type { PlacedEntity } from './entity-places.ts';

/** A word of a text with what it is part of. */
export interface TaggedToken {
  readonly token: string;
  /** `O`, or a prefix and a type: `B-city`. */
  readonly tag: string;
}

/** Whether a text is a tag of the schemes IO, BIO, IOBES and BILOU. */
export function isTag(text: string): boolean {
  return text === 'O' || /^[BIESLUM]-./.test(text);
}

/**
 * Tokens, joined by blanks, as a text with its entities. Tags are read as `seqeval` reads them by default: an `I-`
 * begins an entity where none of its type goes on, `S-` and `U-` are entities of one token, `E-` and `L-` end one.
 *
 * By `seqeval.metrics.sequence_labeling`: `start_of_chunk`, `end_of_chunk`.
 */
export function entitiesOfTokens(tokens: readonly TaggedToken[]): {
  readonly input: string;
  readonly entities: readonly PlacedEntity[];
} {
  const input = tokens.map(({ token }) => token).join(' ');
  const entities: PlacedEntity[] = [];
  let before = outside;
  let open: number | null = null;
  let at = 0;
  const close = (end: number): void => {
    if (open !== null) entities.push({ label: before.type, start: open, end, text: input.slice(open, end) });
    open = null;
  };
  for (const { token, tag } of tokens) {
    const now = partsOf(tag);
    if (ends(before, now)) close(at - 1);
    if (starts(before, now)) open = at;
    before = now;
    at += token.length + 1;
  }
  close(at - 1);
  return { input, entities };
}

interface Parts {
  readonly prefix: 'B' | 'I' | 'E' | 'S' | 'O';
  readonly type: string;
}

const outside: Parts = { prefix: 'O', type: '' };
const prefixes: Readonly<Record<string, Parts['prefix']>> = { B: 'B', I: 'I', M: 'I', E: 'E', L: 'E', S: 'S', U: 'S' };

function partsOf(tag: string): Parts {
  const prefix = tag === 'O' ? undefined : prefixes[tag.charAt(0)];
  return prefix === undefined ? outside : { prefix, type: tag.slice(2).trim() };
}

function ends(before: Parts, now: Parts): boolean {
  if (before.prefix === 'O') return false;
  if (before.prefix === 'E' || before.prefix === 'S') return true;
  return now.prefix === 'B' || now.prefix === 'S' || now.prefix === 'O' || now.type !== before.type;
}

function starts(before: Parts, now: Parts): boolean {
  if (now.prefix === 'O') return false;
  if (now.prefix === 'B' || now.prefix === 'S') return true;
  return before.prefix === 'O' || before.prefix === 'E' || before.prefix === 'S' || now.type !== before.type;
}
