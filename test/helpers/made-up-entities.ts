import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { asOutput, type Output } from '../../shared/domain/base/output.ts';
import type { GradePart, TaskKind } from '../../shared/domain/base/task-kind.ts';
import { compareText } from '../../shared/domain/base/text.ts';
import { wilsonScore } from '../../shared/domain/base/wilson.ts';

const spanSchema = z.strictObject({ type: z.string().min(1), start: z.int().nonnegative(), end: z.int().positive() });
export type Span = z.infer<typeof spanSchema>;

const entitiesSchema = z.strictObject({ entities: z.array(spanSchema) });

const specSchema = z.strictObject({ kind: z.literal('made-up-entities'), types: z.array(z.string()).min(1) });
export type EntitySpec = z.infer<typeof specSchema>;

/** Spans as an output. */
export function entitiesOutput(...entities: readonly Span[]): Output {
  return asOutput({ entities });
}

/** The spans of an output. */
export function spansOf(output: Output | null): readonly Span[] {
  return output === null ? [] : entitiesSchema.parse(output).entities;
}

const spanKey = ({ type, start, end }: Span): string => `${type} ${start} ${end}`;
const typesOf = (output: Output): string[] => [...new Set(spansOf(output).map(({ type }) => type))].sort();

/** Entities in a text: a kind of task whose outputs are objects that name places in their input. Only tests know it. */
export const madeUpEntities: TaskKind<EntitySpec> = {
  kind: 'made-up-entities',
  words: {
    facet: 'entity type',
    facets: 'entity types',
    output: '{"entities": [{"type": "city", "start": 0, "end": 5}]}',
  },
  spec: specSchema,
  output: entitiesSchema.transform(asOutput),
  triage: ['empty', 'gibberish'],
  causes: ['missed-label', 'false-alarm', 'label-confusion', 'length', 'noise'],
  anchored: true,
  specFrom({ labels, outputs }) {
    const types = [...new Set([...labels, ...outputs.flatMap(typesOf)])].sort();
    if (types.length === 0) throw new RatchetError('InvalidInput', 'There is no type of entity.');
    return { kind: 'made-up-entities', types };
  },
  knownFacets: ({ types }) => types,
  problem({ types }, input, output) {
    const wrong = spansOf(output).find(
      ({ type, start, end }) => !types.includes(type) || start >= end || end > input.length,
    );
    return wrong === undefined ? null : { reason: `${spanKey(wrong)} is no entity here`, mend: 'correct the span' };
  },
  key: (output) => JSON.stringify(output === null ? null : spansOf(output).map(spanKey).sort()),
  same: (a, b) => madeUpEntities.key(a) === madeUpEntities.key(b),
  facets: typesOf,
  grade(expected, answer) {
    const parts = partsOf(expected, answer);
    const right = answer !== null && parts.every(({ fp, fn }) => fp === 0 && fn === 0);
    return { right, credit: right ? 1 : 0, parts };
  },
  score(grades) {
    const right = grades.filter((grade) => grade.right).length;
    const value = right / Math.max(1, grades.length);
    return { metric: 'exact match', value, ...wilsonScore(right, grades.length) };
  },
  pattern(expected, answer) {
    const parts = partsOf(expected, answer);
    const missed = parts.filter(({ fn }) => fn > 0).map(({ facet }) => facet);
    const spurious = parts.filter(({ fp }) => fp > 0).map(({ facet }) => facet);
    return {
      key: JSON.stringify([missed, spurious]),
      title: `${missed.join(', ') || 'nothing'} missed, ${spurious.join(', ') || 'nothing'} spurious`,
      facets: missed.length > 0 ? missed : spurious,
    };
  },
  variants(input, output, count) {
    const opening = 'hello, ';
    const moved = spansOf(output).map(({ type, start, end }) => ({
      type,
      start: start + opening.length,
      end: end + opening.length,
    }));
    return [{ method: 'opening', input: opening + input, output: entitiesOutput(...moved) }].slice(0, count);
  },
  show: (output) => (output === null ? 'no answer' : spansOf(output).map(spanKey).join(', ') || 'no entity'),
};

function partsOf(expected: Output, answer: Output | null): GradePart[] {
  const wanted = new Set(spansOf(expected).map(spanKey));
  const given = new Set(spansOf(answer).map(spanKey));
  const typeOf = (key: string): string => key.slice(0, key.indexOf(' '));
  const types = [...new Set([...wanted, ...given].map(typeOf))].sort(compareText);
  return types.map((facet) => {
    const inFacet = (keys: Iterable<string>): string[] => [...keys].filter((key) => typeOf(key) === facet);
    return {
      facet,
      tp: inFacet(wanted).filter((key) => given.has(key)).length,
      fp: inFacet(given).filter((key) => !wanted.has(key)).length,
      fn: inFacet(wanted).filter((key) => !given.has(key)).length,
    };
  });
}
