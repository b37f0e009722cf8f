import type { Model } from '../domain/models/model.ts';
import { type Output, outputProblem, sameOutput } from '../domain/models/task.ts';
import type { Judge } from '../domain/traces/judgement.ts';
import { type Trace, type TraceLine, traceLineSchema } from '../domain/traces/trace.ts';
import { describeIssues, type LineResult, parseJsonObject, refuse } from './parse-json-line.ts';

/** What a judgement says, before it is joined to the record: who gave it its id and time is the ingest. */
export interface GivenJudgement {
  readonly verdict: 'pass' | 'fail';
  readonly expected: Output | null;
  readonly judge: Judge;
}

export interface ParsedTraceLine {
  readonly trace: Trace;
  readonly judgement: GivenJudgement | null;
}

const knownKeys: ReadonlySet<string> = new Set(Object.keys(traceLineSchema.shape));
/** The one field whose null says something: the model gave no answer. */
const meaningfulNull = 'output';

/**
 * One line of an ingested file, checked against the model. Never throws: a line yields a trace or a reason.
 * Unknown keys move under `metadata`; an optional field that is null counts as absent.
 */
export function parseTraceLine(text: string, model: Pick<Model, 'modelId' | 'task'>): LineResult<ParsedTraceLine> {
  const object = parseJsonObject(text);
  if (!object.ok) return object;
  const parsed = traceLineSchema.safeParse(normalised(object.value, model.modelId));
  if (!parsed.success) {
    return refuse(describeIssues(parsed.error), 'correct the field; docs/trace.schema.json has the format');
  }
  return checkAgainstModel(parsed.data, model);
}

function normalised(object: Readonly<Record<string, unknown>>, modelId: string): Record<string, unknown> {
  const fields: [string, unknown][] = [['modelId', modelId]];
  const extra: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    if (!knownKeys.has(key)) extra.push([key, value]);
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

function checkAgainstModel(line: TraceLine, model: Pick<Model, 'modelId' | 'task'>): LineResult<ParsedTraceLine> {
  const { verdict, expected, judge, ...trace } = line;
  if (line.modelId !== model.modelId) {
    return refuse(`a trace of model ${JSON.stringify(line.modelId)}`, `ingest it there, or leave "modelId" out`);
  }
  const wrongLabel = expected === undefined ? null : outputProblem(model.task, expected);
  if (wrongLabel !== null)
    return refuse(`"expected": ${wrongLabel}`, 'use one of the labels the model was created with');

  if (verdict === undefined && expected === undefined) {
    return judge === undefined
      ? { ok: true, value: { trace, judgement: null } }
      : refuse('a "judge" without "verdict" or "expected"', 'say what was judged, or leave "judge" out');
  }
  if (verdict !== undefined && expected !== undefined && (verdict === 'pass') !== sameOutput(line.output, expected)) {
    return refuse(
      `"verdict" is ${verdict} but "output" ${verdict === 'pass' ? 'differs from' : 'equals'} "expected"`,
      'correct one of them',
    );
  }
  if (verdict === 'pass' && line.output !== null) {
    const problem = outputProblem(model.task, line.output);
    if (problem !== null)
      return refuse(`judged right, but its ${problem}`, 'use one of the labels the model was created with');
  }
  return { ok: true, value: { trace, judgement: judgementOf(line) } };
}

function judgementOf({ output, verdict, expected, judge }: TraceLine): GivenJudgement {
  return {
    verdict: verdict ?? (sameOutput(output, expected ?? null) ? 'pass' : 'fail'),
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
): GivenJudgement | null {
  const expected = judgement.expected ?? (judgement.verdict === 'pass' ? judged : null);
  return expected === null
    ? null
    : { ...judgement, expected, verdict: sameOutput(recorded, expected) ? 'pass' : 'fail' };
}
