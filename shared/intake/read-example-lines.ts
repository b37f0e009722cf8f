import type { Output } from '../domain/base/output.ts';
import { shellArgument } from '../domain/base/quoted.ts';
import type { OutputProblem, TaskKind } from '../domain/base/task-kind.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import type { RawTrace, TraceFormat } from '../ports/trace-format.ts';
import { detectFormat } from './detect-format.ts';
import { type FieldMap, mappedValue } from './normalise/field-map.ts';
import { nameFields } from './normalise/field-names.ts';
import { shownField } from './normalise/field-words.ts';
import { type Note, Notes } from './normalise/notes.ts';
import { describeIssues, type LineProblem, type LineResult, refuse } from './parse-json-line.ts';

/** A line of the examples that cannot be used, or many with one reason. */
export interface BadExampleLine extends LineProblem {
  /** 0 where {@link lines} are all of the file. */
  readonly line: number;
  /** The line, or its beginning; untrusted. */
  readonly text: string;
  /** How many lines it is told of. */
  readonly lines: number;
}

export interface NumberedExample {
  readonly line: number;
  readonly input: string;
  readonly output: Output;
}

export interface ReadExamples {
  readonly lines: readonly NumberedExample[];
  readonly refused: number;
  /** Lines that repeat an earlier one, left out. */
  readonly duplicates: number;
  /** What was assumed, each thing once with how often. */
  readonly notes: readonly Note[];
}

/** Why an output is no valid one for an input; null when it is. */
type ProblemOf = (input: string, output: Output) => OutputProblem | null;

export interface ExampleReading {
  readonly kind: TaskKind;
  /** Null before the task is known. */
  readonly task: TaskSpec | null;
  /** Facets given by hand; of outputs that differ only in how they are written theirs are kept. */
  readonly labels: readonly string[];
  readonly formats: readonly TraceFormat[];
  /** Of the file, for messages. */
  readonly name: string;
  /** Name of the file's format; null to tell it by its content. */
  readonly format?: string | null;
  /** Where inputs and outputs are, where their names do not tell. */
  readonly map?: FieldMap;
  /** Whether outputs that differ only in how they are written stay different. */
  readonly keepVariants: boolean;
  readonly problemOf: ProblemOf;
  /** The same where the task is only known once all outputs are read; may throw where they make no task. */
  readonly problemOfTaskOf?: (outputs: readonly Output[]) => ProblemOf;
  readonly onBadLine?: (bad: BadExampleLine) => void;
}

/** What the exports of these formats answer is what a model said in production. */
const ofProduction: ReadonlySet<string> = new Set([
  ...['otlp', 'openinference', 'phoenix', 'bedrock', 'atif', 'langsmith', 'langfuse', 'flywheel'],
]);

/** What is said where labels that are one but for how they are written became one. */
export const variantsAreOne =
  'labels that differ only in case, blanks or Unicode form are one; --keep-label-variants keeps them apart';

/** From so many lines on one sentence is told of a file that is wrong as a whole. */
const enoughForOne = 3;

/**
 * Reads examples from a file of any known format: its inputs with its outputs; other fields say nothing. Outputs that
 * differ only in how they are written are one. Repetitions are left out; an input that comes again with another output is
 * refused, since nobody knows which one is right.
 * @throws RatchetError InvalidInput for a file that no format reads, or whose outputs make no task
 */
export async function readExampleLines(
  chunks: AsyncIterable<Uint8Array>,
  reading: ExampleReading,
): Promise<ReadExamples> {
  const notes = new Notes();
  const bad: Omit<BadExampleLine, 'lines'>[] = [];
  const read: (NumberedExample & { readonly text: string })[] = [];
  const file = await detectFormat(chunks, reading.name, reading.formats, reading.format ?? null);
  const items = file?.format.read(file.chunks, reading.name) ?? [];
  for await (const item of items) {
    if (item.kind === 'passed-over') continue;
    const { line } = item;
    const text = item.text.slice(0, 300);
    const example = item.kind === 'unreadable' ? refuse(item.reason, item.mend) : exampleOf(item, reading, notes);
    if (example.ok) read.push({ line, text, ...example.value });
    else bad.push({ line, text, ...example.problem });
  }
  const merged = reading.keepVariants ? read : withoutVariants(read, reading, notes);
  const problemOf = problemOfTask(merged, bad, reading);
  const lines: NumberedExample[] = [];
  const seen = new Map<string, NumberedExample>();
  let duplicates = 0;
  for (const { text, ...example } of merged) {
    const problem = problemOf(example.input, example.output);
    if (problem !== null) {
      bad.push({ line: example.line, reason: problem.reason, mend: problem.mend, text });
      continue;
    }
    const earlier = seen.get(example.input);
    if (earlier === undefined) {
      seen.set(example.input, example);
      lines.push(example);
    } else if (reading.kind.key(earlier.output) === reading.kind.key(example.output)) {
      duplicates += 1;
    } else {
      const reason = `the input of line ${earlier.line} again, with another output`;
      bad.push({ line: example.line, reason, mend: 'keep the right one of the two', text });
    }
  }
  if (file !== null && ofProduction.has(file.format.name) && lines.length > 0)
    notes.add("the model's answers are taken as right outputs", lines.length);
  tell(bad, lines.length, reading.onBadLine);
  return { lines, refused: bad.length, duplicates, notes: notes.list() };
}

function problemOfTask(
  read: readonly NumberedExample[],
  bad: readonly Omit<BadExampleLine, 'lines'>[],
  { problemOfTaskOf, onBadLine }: ExampleReading,
): ProblemOf {
  if (problemOfTaskOf === undefined || read.length === 0) return () => null;
  try {
    return problemOfTaskOf(read.map(({ output }) => output));
  } catch (fault) {
    // Lines that cannot be read may be why.
    tell(bad, read.length, onBadLine);
    throw fault;
  }
}

function exampleOf(
  raw: RawTrace,
  { kind, task, problemOf, map = new Map() }: ExampleReading,
  notes: Notes,
): LineResult<{ input: string; output: Output }> {
  const mapped = [...map].flatMap(([field, source]) => {
    const value = mappedValue(source, raw);
    return value === undefined ? [] : [[field, value] as const];
  });
  const given = { ...raw.fields, ...Object.fromEntries(mapped) };
  const { fields, readings } = nameFields(given, () => true);
  const write = `write {"input": "...", "output": ${kind.words.output}}${orMap(given, fields)}`;
  for (const reading of readings) if (/ as "(?:input|output)"$/.test(reading)) notes.add(reading);
  const { input, output: written } = fields;
  if (input === undefined || input === null) return refuse('"input": is missing', write);
  if (typeof input !== 'string') return refuse(`"input": must be a text, not ${nameOf(input)}`, write);
  if (input.trim() === '') return refuse('"input" is empty', 'leave the line out: nothing can be learnt from it');
  if (written === undefined) return refuse('"output": is missing', write);
  if (written === null || written === '')
    return refuse('"output" is empty', 'write the right output, or leave the line out');
  const read = readWritten(written, task, kind, write);
  if (!read.ok) return read;
  if (read.value.note !== null) notes.add(read.value.note);
  const { output } = read.value;
  const problem = problemOf(input, output);
  return problem === null
    ? { ok: true, value: { input, output } }
    : refuse(`"output": ${problem.reason}`, problem.mend);
}

/** How to say where the input and the output are, where the fields have names that do not tell. */
function orMap(given: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, unknown>>): string {
  const { input, output } = fields;
  const isTaken = (value: unknown) => value !== undefined && (value === input || value === output);
  const strange = Object.keys(given).filter((name) => !isTaken(given[name]));
  if (strange.length === 0) return '';
  const missing = ['input', 'output'].filter((field) => fields[field] === undefined);
  const [first, second] = strange;
  const places =
    missing.length === 2 && strange.length === 2 ? longerFirst(given, [first ?? '', second ?? '']) : ['FIELD', 'FIELD'];
  const options = missing.map((field, at) => `--map ${shellArgument(`${field}=${places[at] ?? 'FIELD'}`)}`);
  const names = strange.slice(0, mostNamed).map(shownField).join(', ');
  return `, or say where it is: ${options.join(' ')} (fields: ${names}${strange.length > mostNamed ? ', …' : ''})`;
}

const mostNamed = 8;

function longerFirst(fields: Readonly<Record<string, unknown>>, [a, b]: readonly [string, string]): readonly string[] {
  return String(fields[a]).length >= String(fields[b]).length ? [a, b] : [b, a];
}

function readWritten(
  written: unknown,
  task: TaskSpec | null,
  kind: TaskKind,
  write: string,
): LineResult<{ readonly output: Output; readonly note: string | null }> {
  if (kind.read !== undefined) {
    const reading = kind.read(task, written);
    if (reading.kind === 'unusable') return refuse(`"output" is ${reading.reason}`, reading.mend);
    return { ok: true, value: { output: reading.output, note: reading.note } };
  }
  const parsed = kind.output.safeParse(written);
  return parsed.success
    ? { ok: true, value: { output: parsed.data, note: null } }
    : refuse(`"output": ${describeIssues(parsed.error)}`, write);
}

function nameOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The examples with one output for all that differ only in how they are written: given by hand, else the most frequent. */
function withoutVariants<T extends NumberedExample>(
  examples: readonly T[],
  { kind, labels }: ExampleReading,
  notes: Notes,
): readonly T[] {
  const form = kind.form?.bind(kind);
  if (form === undefined) return examples;
  const byForm = Map.groupBy(examples, ({ output }) => form(output));
  const kept = new Map<string, Output>();
  for (const [name, group] of byForm) {
    const counts = Map.groupBy(group, ({ output }) => kind.key(output));
    if (counts.size < 2) continue;
    const [best] = [...counts].sort(
      ([a, one], [b, other]) =>
        Number(labels.includes(b)) - Number(labels.includes(a)) || other.length - one.length || (a < b ? -1 : 1),
    );
    const output = best?.[1][0]?.output;
    if (output === undefined) continue;
    kept.set(name, output);
    for (const [key, others] of counts) {
      const other = others[0]?.output;
      if (key !== best?.[0] && other !== undefined)
        notes.add(`${quotedVariant(kind.show(other))} read as ${quotedVariant(kind.show(output))}`, others.length);
    }
  }
  if (kept.size > 0) notes.add(variantsAreOne, kept.size);
  return examples.map((example) => ({ ...example, output: kept.get(form(example.output)) ?? example.output }));
}

/** Written with escapes where two texts could look the same. */
export function quotedVariant(text: string): string {
  return JSON.stringify(text.slice(0, 80)).replaceAll(/\p{M}|[^\S ]/gu, (sign) => {
    return `\\u${sign.codePointAt(0)?.toString(16).padStart(4, '0') ?? ''}`;
  });
}

function tell(
  bad: readonly Omit<BadExampleLine, 'lines'>[],
  good: number,
  onBadLine: ExampleReading['onBadLine'],
): void {
  const [first] = bad;
  if (first === undefined || onBadLine === undefined) return;
  if (good === 0 && bad.length >= enoughForOne && bad.every(({ reason }) => reason === first.reason))
    onBadLine({ ...first, line: 0, lines: bad.length });
  else for (const line of bad) onBadLine({ ...line, lines: 1 });
}
