import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { Trace } from '../../domain/traces/trace.ts';
import type { Annotation } from '../../ports/trace-format.ts';
import type { LineProblem } from '../parse-json-line.ts';
import { type GivenJudgement, verdictBy } from './given-judgement.ts';
import { impossibleOutput } from './impossible-output.ts';
import { readOutput } from './read-output.ts';
import { readFigure, readVerdict } from './read-verdict.ts';
import type { ReadingContext } from './reading-context.ts';
import { readAsVerdict, speaksOfCorrectness } from './score-names.ts';

/**
 * Makes judgements of what was said in another tool: a correction, or a label that is an output of the task, is the right
 * output; a word or a figure may be a verdict. What is neither is counted by its name. What one judge said of a trace is
 * one judgement, but a score whose name does not speak of correctness answers another question, and so has a judge of
 * its own.
 * @param judged the trace that it is said of; null where that is only named
 */
export function readAnnotations(
  annotations: readonly Annotation[],
  judged: Pick<Trace, 'input' | 'output'> | null,
  context: ReadingContext,
): readonly GivenJudgement[] {
  const byJudge = new Map<string, { readonly said: GivenJudgement; readonly name: string }>();
  for (const annotation of annotations) {
    const said = readAnnotation(annotation, judged, context);
    if (said === null) continue;
    const key = JSON.stringify([said.judge.kind, said.judge.id, said.onlyAs ?? null]);
    const earlier = byJudge.get(key);
    const { name } = annotation;
    const joined = earlier === undefined ? said : together(earlier.said, said, name === earlier.name);
    byJudge.set(key, { said: joined, name });
  }
  const { kind } = context;
  return [...byJudge.values()].map(({ said }) =>
    said.expected !== null && judged !== null
      ? { ...said, verdict: verdictBy(kind, judged.output, said.expected) }
      : said.expected !== null
        ? { ...said, verdict: null }
        : said,
  );
}

function readAnnotation(
  annotation: Annotation,
  judged: Pick<Trace, 'input' | 'output'> | null,
  context: ReadingContext,
): GivenJudgement | null {
  const { name, by, explanation } = annotation;
  const judge = {
    kind: by.kind ?? context.judge ?? 'rule',
    id: (by.id ?? name).slice(0, 200) || 'unnamed',
    reason: explanation.slice(0, 10_000),
  } as const;
  const when = context.timeOfJudging(annotation.at);
  const assumed = by.kind === null && context.judge === null ? ({ judgeAssumed: true } as const) : {};
  const expected = rightOutput(annotation, judged?.input ?? null, context);
  if (expected !== null) return { verdict: null, expected, judge, ...when, ...assumed };
  const verdict = verdictOf(annotation, context);
  if (verdict !== null) return readScore({ verdict, expected: null, judge, ...when, ...assumed }, annotation, context);
  const shown = JSON.stringify(name.slice(0, 80));
  context.notes.add(
    annotation.score === null
      ? `what is said as ${shown} is neither a verdict nor an output of the model, and is left out`
      : `the scores ${shown} are no verdicts by themselves, and are left out (--pass-at P takes P and more for a pass)`,
  );
  return null;
}

function readScore(said: GivenJudgement, { name, by }: Annotation, context: ReadingContext): GivenJudgement {
  const isVerdict = context.scoreNames.see(name);
  if (isVerdict) context.notes.add(readAsVerdict(name));
  const only = isVerdict ? {} : { onlyAs: name };
  if (by.id === null || speaksOfCorrectness(name)) return { ...said, ...only };
  const id = `${by.id.slice(0, 100)} (${name.slice(0, 90)})`;
  return { ...said, judge: { ...said.judge, id }, ...only };
}

function rightOutput(
  { label, correction, name }: Annotation,
  input: string | null,
  context: ReadingContext,
): Output | null {
  const { task, kind } = context;
  if (correction !== null && correction !== undefined) {
    const read = readOutput(correction, 'expected', context);
    const leaveOut = ({ reason }: LineProblem): null => {
      context.notes.add(`a correction as ${JSON.stringify(name.slice(0, 80))}: ${reason}; left out`);
      return null;
    };
    if (!read.ok) return leaveOut(read.problem);
    const said = { expected: read.output, verdict: null };
    const problem = input === null ? null : impossibleOutput(said, input, null, task, kind);
    if (problem !== null) return leaveOut(problem);
    if (read.note !== null) context.notes.add(read.note);
    return read.output;
  }
  if (label === null) return null;
  const read = readOutput(label, 'expected', context);
  if (!read.ok || read.unknown !== null) return null;
  if (kind.problem(task, input ?? '', outputToday(read.output, context.labelReading)) !== null) return null;
  if (read.note !== null) context.notes.add(read.note);
  return read.output;
}

function verdictOf({ label, score }: Annotation, { passAt }: ReadingContext): GivenJudgement['verdict'] {
  const said = label === null ? null : readVerdict(label);
  if (said !== null) return said;
  const figure = readFigure(score);
  if (figure === null) return null;
  if (passAt !== null) return figure >= passAt ? 'pass' : 'fail';
  return figure === 0 || figure === 1 ? readVerdict(figure) : null;
}

function together(earlier: GivenJudgement, later: GivenJudgement, isOfOneName: boolean): GivenJudgement {
  const corrected = later.expected !== null ? later : earlier.expected !== null ? earlier : null;
  // Of several scores that all speak of correctness one that fails the answer is enough.
  if (corrected === null) return earlier.verdict === 'fail' && !isOfOneName ? { ...later, verdict: 'fail' } : later;
  return { ...corrected, at: later.at ?? corrected.at };
}
