import { z } from 'zod';
import { describeIssues, type LineResult, parseJsonObject, refuse } from '../shared/intake/parse-json-line.ts';
import type { Line } from '../shared/intake/read-lines.ts';
import type { Prediction } from '../shared/ports/predictor.ts';
import type { CommandResult } from './results.ts';

type Answer = CommandResult<'predict'>;

/** A line that is to be answered, with what else it holds. */
export interface InputLine {
  readonly input: string;
  /** Its other fields, in their order. */
  readonly others: Readonly<Record<string, unknown>>;
}

const inputLineSchema = z.object({ input: z.string() });

/** One line of input to answer; a blank one is an input without text. Never throws: a line yields a text or a reason. */
export function parseInputLine(line: Line, { isText = false } = {}): LineResult<InputLine> {
  if (line.kind === 'unreadable') return refuse(line.reason, line.mend);
  if (isText) return { ok: true, value: { input: line.text, others: {} } };
  if (line.text.trim() === '') return { ok: true, value: { input: '', others: {} } };
  const object = parseJsonObject(line.text);
  if (!object.ok) return { ok: false, problem: { ...object.problem, mend: `${object.problem.mend}, or add --text` } };
  const parsed = inputLineSchema.safeParse(object.value);
  if (!parsed.success) return refuse(describeIssues(parsed.error), 'write {"input": "..."}');
  const fields = longNumber.test(line.text) ? withExactNumbers(line.text) : object.value;
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'input'));
  return { ok: true, value: { input: parsed.data.input, others } };
}

/** May be a number that floating point does not hold, such as an id. */
const longNumber = /\d{16}/;

declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** The object of a line, with numbers that floating point would change kept as they are written. */
function withExactNumbers(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text, function (this: unknown, _key, value: unknown, ...[context]: readonly { source?: string }[]) {
    const source = context?.source;
    return typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value;
  } as (key: string, value: unknown) => unknown);
}

/** What an answer is to tell. */
export interface Wanted {
  /** How many of the most probable outputs to name; null for none beside the answer. */
  readonly topK: number | null;
  /** No output is given below this confidence; null gives all. */
  readonly abstainBelow: number | null;
}

/** The names that an answer has for its own. */
const own: ReadonlySet<string> = new Set([
  'input',
  'output',
  'confidence',
  'calibrated',
  'alternatives',
  'abstained',
  'wouldBe',
  'traceId',
  'error',
  'given',
] satisfies (keyof Answer)[]);

/**
 * The line that answers a line: all that it held, then the answer. Fields that have the name of one of the answer's are
 * kept under `given`.
 */
export function answerLine(
  { input, others }: InputLine,
  prediction: Prediction | undefined,
  wanted: Wanted,
  traceId: string | null,
  calibrate: (prediction: Prediction) => { readonly calibrated?: number } = () => ({}),
): Answer {
  const fields = Object.entries(others);
  const given = fields.filter(([name]) => own.has(name));
  const { output, wouldBe, abstained } = outputOf(prediction, wanted);
  return {
    input,
    ...Object.fromEntries(fields.filter(([name]) => !own.has(name))),
    ...(given.length === 0 ? {} : { given: Object.fromEntries(given) }),
    ...(traceId === null ? {} : { traceId }),
    output,
    confidence: prediction?.confidence ?? 0,
    ...(prediction === undefined ? {} : calibrate(prediction)),
    ...(wanted.topK === null ? {} : { alternatives: [...(prediction?.alternatives ?? [])].slice(0, wanted.topK) }),
    ...(wanted.abstainBelow === null ? {} : { abstained, wouldBe }),
  };
}

/** The output that is given, and the one that is held back for its low confidence. */
export function outputOf(
  prediction: Prediction | undefined,
  { abstainBelow }: Pick<Wanted, 'abstainBelow'>,
): Pick<Prediction, 'output'> & { readonly wouldBe: Prediction['output']; readonly abstained: boolean } {
  const output = prediction?.output ?? null;
  const abstained = output !== null && abstainBelow !== null && (prediction?.confidence ?? 0) < abstainBelow;
  return abstained ? { output: null, wouldBe: output, abstained } : { output, wouldBe: null, abstained };
}
