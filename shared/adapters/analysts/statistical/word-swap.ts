import { distinctWords, documentFrequencies, telling } from '../../../domain/similarity/keywords.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
import type { RandomStream } from '../../../ports/random.ts';

/** How the words of a label's failing inputs differ from those of its other inputs. */
export interface WordContrast {
  /** By member, the telling words it holds. */
  readonly gains: readonly (readonly string[])[];
  /** Words that other inputs of the label often hold and members hardly ever. */
  readonly lacks: ReadonlySet<string>;
}

const commonShare = 0.15;
const lackRatio = 3;
const mostGains = 12;
const mostInserted = 3;

/**
 * The words that tell members of a cluster from other inputs of the same label, both ways. A label's name stays with an
 * input when its words become those of the members, since the members carry that label too.
 */
export function wordContrast(members: readonly UsableRecord[], others: readonly UsableRecord[]): WordContrast {
  const held = documentFrequencies(members.map((member) => member.input));
  const usual = documentFrequencies(others.map((record) => record.input));
  const smallestCount = Math.max(Math.min(2, members.length), commonShare * members.length);
  const gains = new Set(telling(held, usual, { limit: mostGains, smallestCount }).map(({ word }) => word));
  const lacks = telling(usual, held, {
    limit: mostGains,
    smallestCount: Math.max(2, commonShare * others.length),
    smallestZ: 1.5,
  })
    .map(({ word, count }) => ({
      word,
      usual: count / Math.max(1, others.length),
      failing: (held.get(word) ?? 0) / Math.max(1, members.length),
    }))
    .filter(({ usual, failing }) => lackRatio * failing <= usual)
    .map(({ word }) => word);
  return {
    gains: members
      .map((member) => [...distinctWords(member.input)].filter((word) => gains.has(word)))
      .filter((words) => words.length > 0),
    lacks: new Set(lacks),
  };
}

/** For clusters of mixed labels: the keywords that each member holds, and nothing that members lack. */
export function keywordBags(members: readonly UsableRecord[], keywords: readonly string[]): WordContrast {
  const held = members.map((member) => {
    const words = distinctWords(member.input);
    return keywords.filter((keyword) => words.has(keyword));
  });
  return { gains: held.filter((words) => words.length > 0), lacks: new Set() };
}

/**
 * An input with the words of the cluster: up to three telling words of one member that it does not hold, one after the
 * other, in the place of the first word that members lack, else at a random one; other such words go. Null when nothing
 * changes.
 */
export function withMemberWords(input: string, { gains, lacks }: WordContrast, random: RandomStream): string | null {
  const own = distinctWords(input);
  const bag = random.shuffle(gains).find((words) => words.some((word) => !own.has(word))) ?? [];
  const chosen = new Set(random.shuffle(bag.filter((word) => !own.has(word))).slice(0, mostInserted));
  const inserted = bag.filter((word) => chosen.has(word));
  const parts = input.split(/\s+/).filter((part) => part !== '');
  const lacking = parts.map((part) => [...distinctWords(part)].some((word) => lacks.has(word)));
  if (parts.length === 0 || (inserted.length === 0 && !lacking.includes(true))) return null;
  const place = lacking.includes(true) ? lacking.indexOf(true) : random.below(parts.length + 1);
  const kept = (from: number, to: number): string[] =>
    parts.slice(from, to).filter((_, at) => lacking[from + at] !== true);
  const swapped = [...kept(0, place), ...inserted, ...kept(place, parts.length)];
  return swapped.length === 0 ? null : swapped.join(' ');
}
