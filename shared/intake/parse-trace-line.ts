import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';
import type { JudgeIdentity } from '../domain/traces/judgement.ts';
import { type Trace, type TraceLine, traceLineSchema } from '../domain/traces/trace.ts';
import { describeIssues, type LineResult, parseJsonObject, refuse } from './parse-json-line.ts';

/** What a judgement says, before it is joined to the record: who gave it its id and time is the ingest. */
export interface GivenJudgement {
  /** Null where the task kind cannot tell whether the answer is as good as the right output. */
  readonly verdict: 'pass' | 'fail' | null;
  readonly expected: Output | null;
  readonly judge: JudgeIdentity;
}

export interface ParsedTraceLine {
  readonly trace: Trace;
  readonly judgement: GivenJudgement | null;
}

type LineSchema = ReturnType<typeof traceLineSchema>;

const lineSchemas = new WeakMap<TaskKind['output'], LineSchema>();

/** The schema of lines with outputs of a task kind, made once. */
function lineSchemaOf({ output }: Pick<TaskKind, 'output'>): LineSchema {
  const schema = lineSchemas.get(output) ?? traceLineSchema(output);
  lineSchemas.set(output, schema);
  return schema;
}

/** The one field whose null says something: the model gave no answer. */
const meaningfulNull = 'output';

/**
 * One line of an ingested file, checked against the model. Never throws: a line yields a trace or a reason.
 * Unknown keys move under `metadata`; an optional field that is null counts as absent.
 */
export function parseTraceLine(
  text: string,
  model: Pick<Model, 'modelId' | 'task'>,
  kind: TaskKind,
): LineResult<ParsedTraceLine> {
  const object = parseJsonObject(text);
  return object.ok ? readTraceFields(object.value, model, kind) : object;
}

/** As {@link parseTraceLine} does, of the fields of a line. */
export function readTraceFields(
  fields: Readonly<Record<string, unknown>>,
  model: Pick<Model, 'modelId' | 'task'>,
  kind: TaskKind,
): LineResult<ParsedTraceLine> {
  const schema = lineSchemaOf(kind);
  const parsed = schema.safeParse(normalised(fields, model.modelId, schema));
  if (!parsed.success) {
    return refuse(describeIssues(parsed.error), 'correct the field; docs/trace.schema.json has the format');
  }
  return checkAgainstModel(parsed.data, model, kind);
}

function normalised(
  object: Readonly<Record<string, unknown>>,
  modelId: string,
  { shape }: LineSchema,
): Record<string, unknown> {
  const fields: [string, unknown][] = [['modelId', modelId]];
  const extra: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    if (!Object.hasOwn(shape, key)) extra.push([key, value]);
    else if (value !== null || key === meaningfulNull) fields.push([key, value]);
  }
  const metadata = object.metadata ?? {};
  if (extra.length > 0 && isPlainObject(metadata)) {
    fields.push(['metadata', Object.fromEntries([...extra, ...Object.entries(metadata)])]);
  }
  return Object.fromEntries(fields);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function checkAgainstModel(
  line: TraceLine,
  model: Pick<Model, 'modelId' | 'task'>,
  kind: TaskKind,
): LineResult<ParsedTraceLine> {
  const { verdict, expected, judge, ...trace } = line;
  if (line.modelId !== model.modelId) {
    return refuse(`a trace of model ${JSON.stringify(line.modelId)}`, `ingest it there, or leave "modelId" out`);
  }
  const wrongOutput = expected === undefined ? null : kind.problem(model.task, line.input, expected);
  if (wrongOutput !== null) return refuse(`"expected": ${wrongOutput.reason}`, wrongOutput.mend);

  if (verdict === undefined && expected === undefined) {
    return judge === undefined
      ? { ok: true, value: { trace, judgement: null } }
      : refuse('a "judge" without "verdict" or "expected"', 'say what was judged, or leave "judge" out');
  }
  if (verdict !== undefined && expected !== undefined && contradicts(verdict, line.output, expected, kind)) {
    return refuse(
      `"verdict" is ${verdict} but "output" ${verdict === 'pass' ? 'differs from' : 'equals'} "expected"`,
      'correct one of them',
    );
  }
  if (verdict === 'pass' && line.output !== null) {
    const problem = kind.problem(model.task, line.input, line.output);
    if (problem !== null) return refuse(`judged right, but its ${problem.reason}`, problem.mend);
  }
  return { ok: true, value: { trace, judgement: judgementOf(line, kind) } };
}

/** Whether output and right output say the opposite of a verdict for sure. */
function contradicts(verdict: 'pass' | 'fail', output: Output | null, expected: Output, kind: TaskKind): boolean {
  const same = output === null ? false : kind.same(output, expected);
  return same !== 'undecided' && (verdict === 'pass') !== same;
}

function judgementOf({ output, verdict, expected, judge }: TraceLine, kind: TaskKind): GivenJudgement {
  return {
    verdict: verdict ?? verdictBy(kind, output, expected ?? null),
    expected: expected ?? null,
    judge: judge ?? { kind: 'rule', id: verdict === undefined ? 'exact-match' : 'unnamed', reason: '' },
  };
}

/**
 * The same judgement, of another recorded answer to the same input: the verdict is made anew from the right output.
 * Null when the judgement names no right output and so says nothing about another answer.
 */
export function judgementOfOtherAnswer(
  judgement: GivenJudgement,
  judged: Output | null,
  recorded: Output | null,
  kind: Pick<TaskKind, 'same'>,
): GivenJudgement | null {
  const expected = judgement.expected ?? (judgement.verdict === 'pass' ? judged : null);
  return expected === null ? null : { ...judgement, expected, verdict: verdictBy(kind, recorded, expected) };
}

/** What the right output says of an answer; null where the task kind cannot tell. */
function verdictBy(
  kind: Pick<TaskKind, 'same'>,
  output: Output | null,
  expected: Output | null,
): GivenJudgement['verdict'] {
  const same = output !== null && expected !== null && kind.same(output, expected);
  if (same === 'undecided') return null;
  return same ? 'pass' : 'fail';
}
