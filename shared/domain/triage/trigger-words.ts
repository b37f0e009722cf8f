import { wilsonInterval } from '../base/statistics.ts';
import type { OutOfFold } from './off-domain.ts';
import { groupsIn, type SaidRecord, topOf } from './one-judge.ts';
import { readable } from './readable.ts';
import type { Triage } from './triage.ts';

/** Fewer near-duplicate groups plant no word. */
const fewestGroups = 5;
/** A share, surely more than which of a word's texts must be said to be what the first examples do not say. */
const leastShare = 0.3;
/** So many groups of another judge's bear a word out. */
const bornOutBy = 3;
/** Words that are looked into at most, those of most texts. */
const mostWords = 50;
/** Texts of a word that are asked about without it, at most. */
const mostAsked = 30;
/** Of the texts of a planted word such a share is surely called as by the first examples, once it is out. */
const leastFlipped = 0.5;
/** A planted word's texts are of several labels, and no more than such a share of one. */
const mostOfOneLabel = 0.6;

/** A word that first examples do not have and that goes with one label, by the word of one judge. */
export interface Planted {
  readonly judge: string;
  readonly word: string;
  /** The label that it goes with. */
  readonly to: string;
  /** The judge's texts with the word and that label, of which first examples say another. */
  readonly records: readonly SaidRecord[];
  /** Near-duplicate groups of the judge's that hold the word. */
  readonly of: number;
}

/** How a person writes that a word means its label. */
export function confirmationOfWord({ word, to }: Pick<Planted, 'word' | 'to'>): string {
  return `word ${word} > ${to}`;
}

/**
 * Words that no first example has, and whose texts one judge says to be one label where a model of the first examples
 * says others, with no other judge to bear that out. Whether the word is planted is not said yet: it may be what a topic
 * that first examples do not show goes by (see `isPlanted`).
 */
export function wordsOfOneJudge(
  records: readonly SaidRecord[],
  examples: readonly string[],
  confirmed: ReadonlySet<string>,
): readonly Planted[] {
  const known = new Set(examples.flatMap((input) => [...pieces(input)]));
  const byWord = new Map<string, SaidRecord[]>();
  for (const record of records) {
    for (const word of pieces(record.input)) {
      if (known.has(word)) continue;
      const own = byWord.get(word);
      if (own === undefined) byWord.set(word, [record]);
      else own.push(record);
    }
  }
  const found: (Planted & { readonly groups: number })[] = [];
  for (const [word, own] of byWord) {
    if (own.length < fewestGroups) continue;
    for (const [to, given] of Map.groupBy(own, (record) => record.given)) {
      const odd = given.filter(({ trusted }) => topOf(trusted).label !== to);
      if (odd.length < fewestGroups || confirmed.has(confirmationOfWord({ word, to }))) continue;
      const judges = [...new Set(odd.flatMap((record) => record.judges))];
      const by = (judge: string, of: readonly SaidRecord[]) => of.filter((record) => record.judges.includes(judge));
      for (const judge of judges) {
        const turned = by(judge, odd);
        const groups = groupsIn(turned);
        if (groups < fewestGroups) continue;
        const of = groupsIn(by(judge, own));
        if (wilsonInterval(groups, of, 0.9).lower <= leastShare) continue;
        if (judges.some((other) => other !== judge && groupsIn(by(other, odd)) >= bornOutBy)) continue;
        found.push({ judge, word, to, records: turned, of, groups });
      }
    }
  }
  return found
    .sort((a, b) => b.groups - a.groups || (a.word < b.word ? -1 : 1))
    .slice(0, mostWords)
    .map(({ groups: _, ...planted }) => planted);
}

/** The texts without the word that models are asked about, one a near-duplicate group. */
export function occluded({
  word,
  records,
}: Planted): readonly { readonly record: SaidRecord; readonly input: string }[] {
  const one = [...new Map(records.map((record) => [record.groupId, record])).values()].slice(0, mostAsked);
  return one.map((record) => ({
    record,
    input: readable(record.input)
      .split(/\s+/)
      .filter((chunk) => pieceOf(chunk) !== word)
      .join(' '),
  }));
}

/**
 * Whether the word alone decides: once it is out, models that learn from all that was judged say of surely more than
 * half of the texts what the first examples say, and these are several labels. A topic that the first examples lack has
 * no such agreement, and a word between two labels that are alike has one label.
 * @param said what models say out of fold of the texts without the word, in the order of `occluded`
 */
export function isPlanted(planted: Planted, said: readonly (OutOfFold | undefined)[]): boolean {
  const asked = occluded(planted);
  const labels = new Map<string, number>();
  asked.forEach(({ record }, at) => {
    const answer = said[at];
    if (answer === undefined) return;
    const { label } = topOf(answer);
    if (label === planted.to || label !== topOf(record.trusted).label) return;
    labels.set(label, (labels.get(label) ?? 0) + 1);
  });
  const flipped = labels.values().reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, ...labels.values());
  return wilsonInterval(flipped, asked.length, 0.9).lower > leastFlipped && most <= mostOfOneLabel * flipped;
}

/** What is held of a planted word, by trace id. */
export function heldOfWord(planted: Planted): ReadonlyMap<string, Triage> {
  const { judge, word, to, records, of } = planted;
  const turned = groupsIn(records);
  return new Map(
    records.map(({ traceId, trusted }): [string, Triage] => {
      const { label, p } = topOf(trusted);
      const reason =
        `${judge} alone says ${JSON.stringify(to)} of ${turned} in ${of} texts that hold ${JSON.stringify(word)}, ` +
        `which decides alone: without it they are of other labels; held until another judge says so too, or ` +
        `ratchet settings MODEL confirmed=${JSON.stringify(confirmationOfWord(planted))}`;
      const suspect = { likely: label, probability: p };
      const alone = { judge, from: null, word, to, turned, of };
      return [traceId, { category: 'suspect-judgement', kind: 'planted-word', reason, suspect, alone }];
    }),
  );
}

const longestPiece = 60;

/** What stands between spaces, each once. */
function pieces(input: string): ReadonlySet<string> {
  return new Set(
    readable(input)
      .split(/\s+/)
      .map(pieceOf)
      .filter((piece) => piece !== ''),
  );
}

/** Without case, and without marks around it where there is anything else. */
function pieceOf(chunk: string): string {
  const low = chunk.slice(0, longestPiece).toLowerCase();
  return low.match(/[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su)?.[0] ?? low;
}
