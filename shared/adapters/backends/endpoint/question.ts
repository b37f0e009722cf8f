import { z } from 'zod';
import { withinFence } from '../../../domain/base/fence.ts';
import type { Json } from '../../../domain/base/json.ts';
import type { Output } from '../../../domain/base/output.ts';
import type { TaskSpec } from '../../../domain/base/task-spec.ts';
import type { JsonSchema } from '../../../ports/chat-model.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import {
  type ClassificationSpec,
  classificationSpecSchema,
} from '../../../tasks/classification/classification-spec.ts';
import { KnownLabels } from '../../../tasks/classification/known-labels.ts';
import { labelOutput } from '../../../tasks/classification/label.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../tasks/extraction/entity.ts';
import { extraction } from '../../../tasks/extraction/extraction.ts';
import { type ExtractionSpec, extractionSpecSchema } from '../../../tasks/extraction/extraction-spec.ts';
import { generation } from '../../../tasks/generation/generation.ts';
import { type GenerationSpec, generationSpecSchema } from '../../../tasks/generation/generation-spec.ts';

/** How a task is asked of a language model, and what its answers come to. */
export interface Question {
  /** What it is told before the input, unless a person says otherwise; empty for nothing. */
  readonly system: string;
  /** What its answer is held to, where the endpoint can; null for a text. */
  readonly schema: {
    readonly name: string;
    readonly schema: JsonSchema;
    /** Whether a person wrote it, so that an endpoint may find it is none that it holds an answer to strictly. */
    readonly given?: boolean;
  } | null;
  /** Whether an answer is one of few, so that all of its tokens tell how sure it is. */
  readonly closed: boolean;
  /** The output that a text says for an input; null for none. Nothing is guessed. */
  read(input: string, text: string): Output | null;
}

/** Beyond that, JSON of an answer is not looked into. */
const longestAnswer = 1_000_000;

/** The question of a task. @throws ZodError for a task that is none of its kind */
export function questionOf(task: TaskSpec): Question {
  switch (task.kind) {
    case classification.kind:
      return labelQuestion(classificationSpecSchema.parse(task));
    case extraction.kind:
      return entityQuestion(extractionSpecSchema.parse(task));
    case generation.kind:
      return writingQuestion(generationSpecSchema.parse(task));
    default:
      throw new Error(`an endpoint cannot be asked for a task ${task.kind}`);
  }
}

const labelledSchema = z.object({ label: z.string() });

function labelQuestion(task: ClassificationSpec): Question {
  const known = KnownLabels.of(task);
  const named = task.labels.map((label) => JSON.stringify(label)).join(', ');
  return {
    system: `Classify the user's text. Answer with one of these labels and nothing else, as JSON {"label": "…"}: ${named}`,
    schema: {
      name: 'answer',
      schema: {
        type: 'object',
        properties: { label: { type: 'string', enum: [...task.labels] } },
        required: ['label'],
        additionalProperties: false,
      },
    },
    closed: true,
    read(_input, text) {
      const structure = jsonIn(text);
      const isStructure = typeof structure === 'object' && structure !== null;
      const written = isStructure ? labelledSchema.safeParse(structure).data?.label : text;
      if (written === undefined) return null;
      const bare = written.trim().replaceAll(/^["'`*\s]+|["'`*.\s]+$/g, '');
      const label = known.find(written) ?? known.find(bare) ?? known.onlyOneIn(written.slice(0, longestSentence));
      return label === null ? null : labelOutput(label);
    },
  };
}

/** A label is looked for in a sentence, not in a treatise. */
const longestSentence = 2_000;

const entitySchema = z.object({ label: z.string(), text: z.string().min(1) });
const foundSchema = z.union([
  z.object({ entities: z.array(z.unknown()).max(10_000) }).transform(({ entities }) => entities),
  z.array(z.unknown()).max(10_000),
]);

function entityQuestion(task: ExtractionSpec): Question {
  const named = task.labels.map((label) => JSON.stringify(label)).join(', ');
  return {
    system: `Find the entities in the user's text. Answer with JSON {"entities": [{"label": "…", "text": "…"}]} and nothing else, each text copied to the letter, in order; an empty list where there is none. Labels: ${named}`,
    schema: {
      name: 'answer',
      schema: {
        type: 'object',
        properties: {
          entities: {
            type: 'array',
            items: {
              type: 'object',
              properties: { label: { type: 'string', enum: [...task.labels] }, text: { type: 'string' } },
              required: ['label', 'text'],
              additionalProperties: false,
            },
          },
        },
        required: ['entities'],
        additionalProperties: false,
      },
    },
    closed: false,
    read(input, text) {
      const found = foundSchema.safeParse(jsonIn(text));
      return found.success ? located(task, input, found.data) : null;
    },
  };
}

/**
 * Entities where their words stand in the input; words that stand there more than once are taken in order. What is not
 * there, has another label or lies across what was found before, is left out; null where nothing is left of something.
 */
function located(task: ExtractionSpec, input: string, found: readonly unknown[]): Output | null {
  const next = new Map<string, number>();
  let output = entitiesOutput([]);
  for (const one of found) {
    const entity = entitySchema.safeParse(one).data;
    if (entity === undefined) continue;
    const { label, text } = entity;
    const start = input.indexOf(text, next.get(text) ?? 0);
    if (start === -1) continue;
    const more: Entity = { label, start, end: start + text.length, text };
    const longer = entitiesOutput([...entitiesOf(output), more]);
    if (extraction.problem(task, input, longer) !== null) continue;
    next.set(text, more.end);
    output = longer;
  }
  return found.length > 0 && entitiesOf(output).length === 0 ? null : output;
}

const givenSchema = z.record(z.string(), z.json());

function writingQuestion(task: GenerationSpec): Question {
  const kind = generation.boundTo?.(task) ?? generation;
  const asJson = task.checker === 'json';
  const schema = givenSchema.safeParse(task.schema);
  return {
    system: asJson ? 'Answer with JSON and nothing else.' : '',
    schema: asJson && schema.success ? { name: 'answer', schema: schema.data, given: true } : null,
    closed: false,
    read(input, text) {
      if (text.trim() === '') return null;
      const reading = kind.read?.(task, text);
      if (reading?.kind !== 'known') return null;
      return kind.problem(task, input, reading.output) === null ? reading.output : null;
    },
  };
}

/** The JSON that a text is, in a Markdown fence or not; undefined for none. */
function jsonIn(text: string): Json | undefined {
  if (text.length > longestAnswer) return undefined;
  try {
    return z.json().parse(JSON.parse(withinFence(text)));
  } catch {
    return undefined;
  }
}
