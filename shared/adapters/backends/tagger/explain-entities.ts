import type { ExplainedPart, Explanation } from '../../../ports/predictor.ts';
import { type Entity, entitiesOutput, entityKey } from '../../../tasks/extraction/entity.ts';
import { type Span, spansOf } from '../explain-by-occlusion.ts';

export interface EntitiesRequest {
  readonly input: string;
  readonly answered: readonly Entity[];
  /** Those that are right; none where nobody knows. */
  readonly right: readonly Entity[];
  /** How likely an entity is at its place in each text; null where the tagger cannot tell. */
  readonly chances: (inputs: readonly string[], entity: Entity) => Promise<readonly (number | null)[]>;
}

/** Entities that are explained, at most. */
const mostEntities = 10;
/** Words and signs around an entity that are blanked one after the other, at most: each is a text more. */
const mostParts = 60;
/** Parts that are told of, at most. */
const mostTold = 20;
/** What is further from an entity than this, in UTF-16 units, is not looked at: it tells next to nothing. */
const reach = 1_000;
/** No probability is taken for nearer to 0 or 1, so that log-odds stay finite. */
const leastProbability = 1e-9;

const method =
  'each word around it is made one that no text has, and its contribution is what the log-odds that the entity stands exactly there lose by that';

/**
 * Explains entities by occlusion (Zeiler and Fergus 2014): words are not left out, which would move the entity, but
 * blanked. Right entities that were not answered come first, then those that were, the least sure first.
 */
export async function explainEntities({ input, answered, right, chances }: EntitiesRequest): Promise<Explanation[]> {
  const known = new Set(answered.map(entityKey));
  const missed = right.filter((entity) => !known.has(entityKey(entity)));
  const asked = [...missed, ...[...answered].sort((a, b) => (a.confidence ?? 1) - (b.confidence ?? 1))];
  const explained: Explanation[] = [];
  for (const entity of asked.slice(0, mostEntities)) {
    const one = await explainEntity(input, entity, chances);
    if (one !== null) explained.push(one);
  }
  return explained;
}

async function explainEntity(
  input: string,
  entity: Entity,
  chances: EntitiesRequest['chances'],
): Promise<Explanation | null> {
  const from = beginOf(input, entity.start);
  const text = input.slice(from, endOf(input, entity.end));
  const place = { ...entity, start: entity.start - from, end: entity.end - from };
  const spans = nearest(spansOf(text), place);
  const [whole, ...without] = await chances([text, ...spans.map((span) => blanked(text, span))], place);
  if (whole === undefined || whole === null) return null;
  const logOdds = oddsOf(whole);
  const parts = spans
    .map(
      ({ start, end }, at): ExplainedPart => ({
        text: text.slice(start, end),
        start: from + start,
        contribution: logOdds - oddsOf(without[at] ?? whole),
      }),
    )
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.start - b.start);
  const { label, start, end } = entity;
  return {
    method,
    output: entitiesOutput([{ label, start, end, text: input.slice(start, end), confidence: whole }]),
    against: entitiesOutput([]),
    logOdds,
    parts: parts.slice(0, mostTold),
  };
}

function oddsOf(probability: number): number {
  const bounded = Math.min(1 - leastProbability, Math.max(leastProbability, probability));
  return Math.log(bounded / (1 - bounded));
}

/** Where what is looked at before an entity begins: behind white space, where there is some. */
function beginOf(input: string, start: number): number {
  if (start <= reach) return 0;
  const far = start - reach;
  const space = /\s/u.exec(input.slice(far, start));
  const begin = space === null ? far : far + space.index + 1;
  return isWithinCharacter(input, begin) ? begin + 1 : begin;
}

function endOf(input: string, end: number): number {
  if (end + reach >= input.length) return input.length;
  const far = end + reach;
  const space = input.slice(end, far).search(/\s\S*$/u);
  const last = space === -1 ? far : end + space;
  return isWithinCharacter(input, last) ? last - 1 : last;
}

function isWithinCharacter(input: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(input.charAt(at - 1)) && /[\udc00-\udfff]/.test(input.charAt(at));
}

/** The spans nearest to an entity, in the order of the text. */
function nearest(spans: readonly Span[], { start, end }: Span): readonly Span[] {
  const distance = (span: Span): number => Math.max(0, start - span.end, span.start - end);
  return [...spans]
    .sort((a, b) => distance(a) - distance(b) || a.start - b.start)
    .slice(0, mostParts)
    .sort((a, b) => a.start - b.start);
}

/** A letter, a figure and a sign that hardly any text has, each of one UTF-16 unit. */
const blanks = { letter: '\ua66e', figure: '\u16ee', sign: '\u2e0e' };

/** The text with a span blanked: all else stands where it stood. */
function blanked(text: string, { start, end }: Span): string {
  const blank = [...text.slice(start, end)].map((character) => blankOf(character).repeat(character.length)).join('');
  return text.slice(0, start) + blank + text.slice(end);
}

function blankOf(character: string): string {
  if (/[\p{L}\p{M}]/u.test(character)) return blanks.letter;
  if (/\p{N}/u.test(character)) return blanks.figure;
  return /\s/u.test(character) ? character : blanks.sign;
}
