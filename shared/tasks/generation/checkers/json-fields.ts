import { canonicalJson } from '../../../domain/base/ids.ts';
import type { Json } from '../../../domain/base/json.ts';
import { quoted } from '../../../domain/base/quoted.ts';
import type { Grade, GradePart, Score } from '../../../domain/base/task-kind.ts';
import { compareText, normalisedText } from '../../../domain/base/text.ts';
import { wilsonScore } from '../../../domain/base/wilson.ts';
import { structureOf } from '../generated.ts';
import type { Checker } from './checker.ts';

/** More fields of an answer are not looked at. */
const mostFields = 1_000;
/** Longer names of fields are cut. */
const longestFacet = 200;

const metric = 'field F1';

/** A value at the end of a path. */
interface Leaf {
  /** With the places within lists. */
  readonly place: string;
  /** Without them. */
  readonly facet: string;
  readonly value: string;
}

/**
 * Right where all fields are, whatever their order; texts are equal but for case, blanks and Unicode form. An answer
 * that is no JSON has none of the fields.
 */
export const jsonFields: Checker = {
  words: { one: 'field', several: 'fields', metric },
  key: (answer) => canonicalJson(leavesOf(answer).map(({ place, value }) => [place, value])),
  same: (a, b) => jsonFields.key(a) === jsonFields.key(b),
  credit(expected, answer) {
    const { parts, shared, all } = compare(expected, answer);
    return { credit: all === 0 ? 1 : (2 * shared) / all, parts };
  },
  facets: (answer) => [...new Set(leavesOf(answer).map(({ facet }) => facet))].sort(compareText),
  problem: (expected) =>
    isStructure(structureOf(expected))
      ? null
      : {
          reason: 'the right output is no JSON object or list',
          mend: 'write JSON, or create the model with another --checker',
        },
  pattern(expected, answer) {
    if (!isStructure(structureOf(answer))) {
      return { key: 'no-json', title: 'no JSON', facets: jsonFields.facets(expected), cause: 'missing-constraint' };
    }
    const wanted = new Map(leavesOf(expected).map((leaf) => [leaf.place, leaf]));
    const given = new Map(leavesOf(answer).map((leaf) => [leaf.place, leaf]));
    for (const { place, facet, value } of wanted.values()) {
      const found = given.get(place);
      if (found === undefined) {
        return {
          key: `missing ${facet}`,
          title: `${quoted(facet)} missing`,
          facets: [facet],
          cause: 'missing-constraint',
        };
      }
      if (found.value !== value) {
        return { key: `wrong ${facet}`, title: `another ${quoted(facet)}`, facets: [facet], cause: 'wrong-assumption' };
      }
    }
    const extra = [...given.values()].find(({ place }) => !wanted.has(place));
    const facet = extra?.facet ?? '';
    return {
      key: `extra ${facet}`,
      title: `${quoted(facet)} where there is none`,
      facets: [facet],
      cause: 'hallucinated-reasoning',
    };
  },
  score: fieldF1,
};

/** Micro-averaged F1 of fields with their values; the interval as that of entities. */
function fieldF1(grades: readonly Grade[]): Score {
  let right = 0;
  let wrong = 0;
  for (const { tp, fp, fn } of grades.flatMap(({ parts }) => parts)) {
    right += tp;
    wrong += fp + fn;
  }
  if (right + wrong === 0) return { metric, value: grades.length === 0 ? 0 : 1, lower: 0, upper: 1 };
  const { lower, upper } = wilsonScore(right, right + wrong);
  const f1 = (share: number): number => (2 * share) / (1 + share);
  return { metric, value: f1(right / (right + wrong)), lower: f1(lower), upper: f1(upper) };
}

function compare(expected: Json, answer: Json) {
  const wanted = new Map(leavesOf(expected).map((leaf) => [leaf.place, leaf]));
  const given = new Map(leavesOf(answer).map((leaf) => [leaf.place, leaf]));
  const parts = new Map<string, { tp: number; fp: number; fn: number }>();
  const part = (facet: string) => {
    const known = parts.get(facet) ?? { tp: 0, fp: 0, fn: 0 };
    parts.set(facet, known);
    return known;
  };
  let shared = 0;
  for (const { place, facet, value } of wanted.values()) {
    if (given.get(place)?.value === value) {
      part(facet).tp += 1;
      shared += 1;
    } else part(facet).fn += 1;
  }
  for (const { place, facet, value } of given.values()) if (wanted.get(place)?.value !== value) part(facet).fp += 1;
  return {
    parts: [...parts]
      .map(([facet, counts]): GradePart => ({ facet, ...counts }))
      .sort((a, b) => compareText(a.facet, b.facet)),
    shared,
    all: wanted.size + given.size,
  };
}

/** Whether it is an object or a list. */
export function isStructure(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

/** The fields of an answer, in the order of their places; what is no JSON has none. */
function leavesOf(answer: Json): readonly Leaf[] {
  const structure = structureOf(answer);
  if (!isStructure(structure)) return [];
  const leaves: Leaf[] = [];
  const walk: { readonly value: Json; readonly place: string; readonly facet: string }[] = [
    { value: structure, place: '', facet: '' },
  ];
  while (walk.length > 0 && leaves.length < mostFields) {
    const { value, place, facet } = walk.pop() ?? { value: null, place: '', facet: '' };
    if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) {
      leaves.push({ place, facet: facet.slice(0, longestFacet), value: told(value) });
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries())
        walk.push({ value: item, place: `${place}[${at}]`, facet: `${facet}[]` });
    } else {
      for (const [name, item] of Object.entries(value)) {
        const dot = facet === '' ? '' : '.';
        walk.push({ value: item, place: `${place}.${JSON.stringify(name)}`, facet: `${facet}${dot}${name}` });
      }
    }
  }
  return leaves.sort((a, b) => compareText(a.place, b.place));
}

function told(value: Json): string {
  return typeof value === 'string' ? JSON.stringify(normalisedText(value)) : JSON.stringify(value);
}
