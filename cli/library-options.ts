import { z } from 'zod';
import { RatchetError } from '../shared/domain/base/errors.ts';
import type { Json } from '../shared/domain/base/json.ts';
import type { Settings } from '../shared/domain/models/settings.ts';
import { type DropOptions, dropOptionsSchema } from '../shared/intake/drop-options.ts';
import { describeIssues } from '../shared/intake/parse-json-line.ts';

/** Bytes as they are read, or the path of a file (also .gz and .zst). */
export type Source = string | AsyncIterable<Uint8Array>;

export interface OpenOptions {
  /** Whether to make the workspace where there is none; false by default. */
  readonly create?: boolean;
  /** Told what a person would see: stages, and notes. Never the text of a trace. */
  readonly onProgress?: (line: string) => void;
  /** Says which chat model there is (`RATCHET_CHAT_…`); the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CreateOptions {
  /** `classification` by default, `extraction` or `generation`. */
  readonly task?: string;
  /** What is chosen of the task, as `ratchet create` has it: `checker`, `pattern`, `schema` (its text), `overlaps`. */
  readonly taskOptions?: Readonly<Record<string, string>>;
  /** Beside those of the examples. */
  readonly labels?: readonly string[];
  /** The first training examples, `{"input", "output"}` a line or another known format. Without them the model is only registered. */
  readonly examples?: Source;
  readonly trainer?: string;
  readonly trainerOptions?: Json;
  readonly analyst?: string;
  readonly judge?: string;
  readonly secondOpinion?: string;
  readonly settings?: Partial<Settings>;
  /** Fixes all that is drawn at random; 1 by default. */
  readonly seed?: number;
}

/** How the files are to be read where their content does not tell; as the options of `ratchet ingest`. */
export type IngestOptions = Partial<DropOptions>;

export interface RunOptions {
  readonly seed?: number;
  /** US dollars that agents may cost. */
  readonly budgetUsd?: number;
}

export interface PredictOptions {
  /** Another checkpoint than the champion. */
  readonly checkpoint?: string;
  /** How many outputs are named, most probable first. */
  readonly topK?: number;
}

type Shape<Options> = Record<keyof Options, z.ZodType>;

const modelId = z.string();
const source = z.custom<Source>(isSource, 'must be the path of a file, or bytes as they come (a stream)');
const text = z.string().optional();
const seed = z.int().optional();

const createShape = {
  task: text,
  taskOptions: z.record(z.string(), z.string()).optional(),
  labels: z.array(z.string()).optional(),
  examples: source.optional(),
  trainer: text,
  // The trainer itself checks them, as creating the model checks the settings.
  trainerOptions: z.unknown().optional(),
  analyst: text,
  judge: text,
  secondOpinion: text,
  settings: z.unknown().optional(),
  seed,
} satisfies Shape<CreateOptions>;

const openShape = {
  create: z.boolean().optional(),
  onProgress: z.custom((value) => value === undefined || typeof value === 'function', 'must be a function').optional(),
  env: z.looseObject({}).optional(),
} satisfies Shape<OpenOptions>;

const runShape = { seed, budgetUsd: z.number().positive().optional() } satisfies Shape<RunOptions>;
const predictShape = { checkpoint: text, topK: z.int().positive().optional() } satisfies Shape<PredictOptions>;

/** The functions of the library: what they take, and a call as it should be. */
const calls = {
  openWorkspace: {
    takes: z.strictObject({ directory: z.string().min(1), options: z.strictObject(openShape) }),
    example: "openWorkspace('.ratchet', { create: true })",
  },
  createModel: {
    takes: z.strictObject({ modelId, options: z.strictObject(createShape) }),
    example: "createModel('MODEL', { examples: 'labelled.jsonl' })",
  },
  ingest: {
    takes: z.strictObject({ modelId, sources: z.array(source), options: dropOptionsSchema }),
    example: "ingest('MODEL', ['traces.jsonl'], { format: 'csv' })",
  },
  run: {
    takes: z.strictObject({ modelId, options: z.strictObject(runShape) }),
    example: "run('MODEL', { seed: 7 })",
  },
  predict: {
    takes: z.strictObject({ modelId, inputs: z.array(z.string()), options: z.strictObject(predictShape) }),
    example: "predict('MODEL', ['a text'], { topK: 2 })",
  },
  reportOf: {
    takes: z.strictObject({ result: z.looseObject({ report: z.string() }) }),
    example: "reportOf(await workspace.run('MODEL'))",
  },
};

/**
 * Makes sure of what a function of the library was called with: JavaScript does not.
 * @throws RatchetError InvalidInput
 */
export function checkCall(name: keyof typeof calls, given: Readonly<Record<string, unknown>>): void {
  const { takes, example } = calls[name];
  const parsed = takes.safeParse(given);
  if (parsed.success) return;
  throw new RatchetError('InvalidInput', `${name}: ${describeIssues(parsed.error)}.`, {
    mend: `Call it such as ${example}.`,
  });
}

function isSource(value: unknown): boolean {
  // `-` is standard input for the command alone.
  if (typeof value === 'string') return value !== '' && value !== '-';
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
