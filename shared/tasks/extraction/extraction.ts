import { z } from 'zod';
import { asOutput, type Output } from '../../domain/base/output.ts';
import { quoted } from '../../domain/base/quoted.ts';
import type { Grade, GradePart, OutputProblem, Pattern, TaskKind } from '../../domain/base/task-kind.ts';
import { compareText } from '../../domain/base/text.ts';
import { plural } from '../../domain/base/wording.ts';
import type { RootCause } from '../../domain/diagnosis/root-cause.ts';
import { noiseDetectors, poisonDetectors, suspectSpanDetectors } from '../../domain/triage/detector-name.ts';
import { type Entity, entitiesOf, entitiesSchema, entityKey } from './entity.ts';
import { entityPairs } from './entity-pairs.ts';
import { entityPlaces } from './entity-places.ts';
import { entityF1, entityF1Name } from './entity-score.ts';
import { type ExtractionSpec, extractionOptions, extractionSpecFrom, extractionSpecSchema } from './extraction-spec.ts';
import { movedEntities } from './moved-entities.ts';
import { movedVariants } from './moved-variants.ts';
import { overlaps, type SpanError, type SpanErrorKind, spanErrors } from './span-errors.ts';
import { relabelling } from './type-changes.ts';
import { writtenEntities } from './written-entities.ts';

/** Named entities: spans of the input, each with its type. An output is a list of them; an empty one says that there are none. */
export const extraction: TaskKind<ExtractionSpec> = {
  kind: 'extraction',
  words: {
    facet: 'entity type',
    facets: 'entity types',
    parts: { one: 'entity', several: 'entities', metric: entityF1Name },
    output: '[{"label": "city", "start": 0, "end": 5, "text": "Paris"}]',
  },
  spec: extractionSpecSchema,
  output: z.preprocess(parsedOf, entitiesSchema).transform((entities) => asOutput(entities)),
  triage: [...poisonDetectors.filter((name) => name !== 'off-domain'), ...noiseDetectors, ...suspectSpanDetectors],
  causes: [
    'missed-entity',
    'spurious-entity',
    'wrong-type',
    'wrong-boundary',
    'surface-trap',
    'length',
    'noise',
    'tool',
    'schema',
    'ambiguous',
    'out-of-scope',
  ],
  anchored: true,
  options: extractionOptions,
  specFrom: extractionSpecFrom,
  knownFacets: ({ labels }) => labels,
  problem: problemOf,
  key: (output) => (output === null ? 'null' : JSON.stringify(entitiesOf(output).map(entityKey).sort(compareText))),
  same: (a, b) => extraction.key(a) === extraction.key(b),
  facets: typesOf,
  grade: gradeEntities,
  score: entityF1,
  pairs: entityPairs,
  places: entityPlaces,
  pattern: patternOf,
  variants: movedVariants,
  relabelling,
  written: writtenEntities,
  marks: (output) => entitiesOf(output).map(({ label, start, end }) => ({ start, end, facet: label })),
  moved: movedEntities,
  show: (output) => {
    if (output === null) return 'no answer';
    const entities = entitiesOf(output);
    return entities.length === 0 ? 'no entity' : entities.map(shown).join(', ');
  },
};

/** A list that stands as JSON in a text, as tables and models write it. */
function parsedOf(written: unknown): unknown {
  if (typeof written !== 'string' || !written.trimStart().startsWith('[')) return written;
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

function problemOf(task: ExtractionSpec, input: string, output: Output): OutputProblem | null {
  const entities = entitiesOf(output);
  return problemOfPlaces(task, input, entities) ?? problemOfTypes(task, entities);
}

function problemOfTypes({ labels }: ExtractionSpec, entities: readonly Entity[]): OutputProblem | null {
  const index = entities.findIndex(({ label }) => !labels.includes(label));
  const first = entities[index];
  if (first === undefined) return null;
  const type = JSON.stringify(first.label.slice(0, 80));
  return {
    reason: `entity ${index + 1} has type ${type}, which is not one of the model's ${labels.length}`,
    mend: 'use one of the types that "ratchet labels MODEL" lists, or add it',
    unknown: [...new Set(entities.map(({ label }) => label))].filter((label) => !labels.includes(label)),
  };
}

function problemOfPlaces(
  { overlaps: rule }: ExtractionSpec,
  input: string,
  entities: readonly Entity[],
): OutputProblem | null {
  for (const [index, { start, end, text }] of entities.entries()) {
    const name = `entity ${index + 1}`;
    if (start >= end || end > input.length) {
      return {
        reason: `${name} stands at ${start} to ${end}, and the input has ${plural(input.length, 'character')}`,
        mend: 'count UTF-16 units from 0; the end is exclusive',
      };
    }
    const found = input.slice(start, end);
    if (text !== undefined && text !== found) {
      return {
        reason: `${name} is ${JSON.stringify(text.slice(0, 80))}, and at ${start} to ${end} stands ${JSON.stringify(found.slice(0, 80))}`,
        mend: hintOf(input, text, start),
      };
    }
    if (!found.isWellFormed()) {
      return { reason: `${name} cuts a character in half`, mend: 'count UTF-16 units: an emoji has two or more' };
    }
    const other =
      rule === 'allowed'
        ? undefined
        : entities.slice(0, index).find((earlier) => overlaps(earlier, entities[index] as Entity));
    if (other !== undefined && entityKey(other) !== entityKey(entities[index] as Entity)) {
      return {
        reason: `${name} overlaps ${JSON.stringify(input.slice(other.start, other.end).slice(0, 80))}`,
        mend: 'keep one of the two, or create the model with --overlaps allowed',
      };
    }
  }
  return null;
}

/** What was probably counted instead of UTF-16 units. */
function hintOf(input: string, text: string, start: number): string {
  const standsAt = (at: number) => `it stands at ${at} to ${at + text.length}`;
  // Its end alone is wrong, whatever was counted.
  if (input.startsWith(text, start)) return standsAt(start);
  const characters = [...input];
  if (characters.slice(start, start + [...text].length).join('') === text) {
    return 'offsets seem to count characters; count UTF-16 units';
  }
  const bytes = Buffer.from(input);
  if (bytes.subarray(start, start + Buffer.byteLength(text)).toString() === text) {
    return 'offsets seem to count bytes; count UTF-16 units';
  }
  const at = input.indexOf(text);
  return at === -1 ? 'the text does not stand in the input' : standsAt(at);
}

function typesOf(output: Output): string[] {
  return [...new Set(entitiesOf(output).map(({ label }) => label))].sort(compareText);
}

function gradeEntities(expected: Output, answer: Output | null): Grade {
  const wanted = new Map(entitiesOf(expected).map((entity) => [entityKey(entity), entity.label]));
  const given = new Map(entitiesOf(answer).map((entity) => [entityKey(entity), entity.label]));
  const parts = new Map<string, { tp: number; fp: number; fn: number }>();
  const part = (label: string) => {
    const known = parts.get(label) ?? { tp: 0, fp: 0, fn: 0 };
    parts.set(label, known);
    return known;
  };
  let shared = 0;
  for (const [key, label] of wanted) {
    if (given.has(key)) {
      part(label).tp += 1;
      shared += 1;
    } else part(label).fn += 1;
  }
  for (const [key, label] of given) if (!wanted.has(key)) part(label).fp += 1;
  const all = wanted.size + given.size;
  return {
    right: answer !== null && shared === wanted.size && shared === given.size,
    credit: all === 0 ? (answer === null ? 0 : 1) : (2 * shared) / all,
    parts: [...parts]
      .map(([facet, counts]): GradePart => ({ facet, ...counts }))
      .sort((a, b) => compareText(a.facet, b.facet)),
  };
}

/** A failure by its first error: the kind of error and the types that it is between. */
function patternOf(expected: Output, answer: Output | null): Pattern {
  if (answer === null) return { key: 'null', title: 'left unanswered', facets: typesOf(expected) };
  const [first] = spanErrors(entitiesOf(expected), entitiesOf(answer));
  if (first === undefined) return { key: '[]', title: 'nothing wrong', facets: typesOf(expected) };
  const { kind, expected: wanted, answered } = first;
  return {
    key: JSON.stringify([kind, wanted?.label ?? null, answered?.label ?? null]),
    title: titleOf(first),
    facets: [wanted?.label ?? answered?.label ?? ''],
    cause: causeOf(kind),
  };
}

function causeOf(kind: SpanErrorKind): RootCause {
  switch (kind) {
    case 'missed':
      return 'missed-entity';
    case 'spurious':
      return 'spurious-entity';
    case 'wrong type':
      return 'wrong-type';
    default:
      return 'wrong-boundary';
  }
}

function titleOf({ kind, expected, answered }: SpanError): string {
  const wanted = quoted(expected?.label ?? '');
  const given = quoted(answered?.label ?? '');
  switch (kind) {
    case 'missed':
      return `${wanted} missed`;
    case 'spurious':
      return `${given} where there is none`;
    case 'wrong type':
      return `${wanted} answered as ${given}`;
    case 'merged':
      return `several ${wanted} taken for one`;
    case 'split':
      return `${wanted} split in parts`;
    default:
      return `${wanted} ${kind}`;
  }
}

function shown({ label, start, end, text }: Entity): string {
  return `${label} ${text === undefined ? `${start}–${end}` : JSON.stringify(text.replaceAll('\n', ' '))}`;
}
