import type { Output } from '../domain/base/output.ts';
import type { OutputProblem, TaskKind, TaskWords } from '../domain/base/task-kind.ts';
import { exampleLineSchema } from '../domain/models/example.ts';
import { describeIssues, type LineProblem, type LineResult, parseJsonObject, refuse } from './parse-json-line.ts';
import { readLines } from './read-lines.ts';

/** A line of the examples that cannot be used. */
export interface BadExampleLine extends LineProblem {
  readonly line: number;
  /** The line, or its beginning; untrusted. */
  readonly text: string;
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
}

/**
 * Reads a file of `{"input", "output"}` lines. Repetitions are left out; an input that comes again with another output
 * is refused, since nobody knows which one is right.
 */
export async function readExampleLines(
  chunks: AsyncIterable<Uint8Array>,
  options: {
    readonly kind: Pick<TaskKind, 'key' | 'output' | 'words'>;
    readonly problemOf: (input: string, output: Output) => OutputProblem | null;
    readonly onBadLine?: (bad: BadExampleLine) => void;
  },
): Promise<ReadExamples> {
  const { kind, problemOf } = options;
  const schema = exampleLineSchema(kind.output);
  const lines: NumberedExample[] = [];
  const seen = new Map<string, NumberedExample>();
  let refused = 0;
  let duplicates = 0;
  const refuseLine = (bad: BadExampleLine): void => {
    refused += 1;
    options.onBadLine?.(bad);
  };
  for await (const line of readLines(chunks)) {
    if (line.kind === 'unreadable') {
      refuseLine({ line: line.number, reason: line.reason, mend: line.mend, text: line.head });
      continue;
    }
    const parsed = parseExampleLine(line.text, schema, kind.words, problemOf);
    if (!parsed.ok) {
      refuseLine({ line: line.number, ...parsed.problem, text: line.text.slice(0, 300) });
      continue;
    }
    const example = { line: line.number, ...parsed.value };
    const earlier = seen.get(example.input);
    if (earlier === undefined) {
      seen.set(example.input, example);
      lines.push(example);
    } else if (kind.key(earlier.output) === kind.key(example.output)) {
      duplicates += 1;
    } else {
      const reason = `the input of line ${earlier.line} again, with another output`;
      refuseLine({ line: line.number, reason, mend: 'keep the right one of the two', text: line.text.slice(0, 300) });
    }
  }
  return { lines, refused, duplicates };
}

function parseExampleLine(
  text: string,
  schema: ReturnType<typeof exampleLineSchema>,
  words: TaskWords,
  problemOf: (input: string, output: Output) => OutputProblem | null,
): LineResult<{ input: string; output: Output }> {
  const object = parseJsonObject(text);
  if (!object.ok) return object;
  const parsed = schema.safeParse(object.value);
  if (!parsed.success) return refuse(describeIssues(parsed.error), `write {"input": "...", "output": ${words.output}}`);
  if (parsed.data.input.trim() === '')
    return refuse('"input" is empty', 'leave the line out: nothing can be learnt from it');
  const problem = problemOf(parsed.data.input, parsed.data.output);
  return problem === null ? { ok: true, value: parsed.data } : refuse(`"output": ${problem.reason}`, problem.mend);
}
