import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { Annotation } from '../../ports/trace-format.ts';
import { type GivenJudgement, verdictBy } from './given-judgement.ts';
import { readOutput } from './read-output.ts';
import { readFigure, readVerdict } from './read-verdict.ts';
import type { ReadingContext } from './reading-context.ts';

/**
 * Makes judgements of what was said in another tool: a correction, or a label that is an output of the task, is the right
 * output; a word or a figure may be a verdict. What is neither is counted by its name. What one judge said of a trace is
 * one judgement.
 * @param answer what was judged; undefined where only the trace is named
 */
export function readAnnotations(
  annotations: readonly Annotation[],
  answer: Output | null | undefined,
  context: ReadingContext,
): readonly GivenJudgement[] {
  const byJudge = new Map<string, GivenJudgement>();
  for (const annotation of annotations) {
    const said = readAnnotation(annotation, context);
    if (said === null) continue;
    const key = JSON.stringify([said.judge.kind, said.judge.id]);
    const earlier = byJudge.get(key);
    byJudge.set(key, earlier === undefined ? said : together(earlier, said));
  }
  const { kind } = context;
  return [...byJudge.values()].map((said) =>
    said.expected !== null && answer !== undefined
      ? { ...said, verdict: verdictBy(kind, answer, said.expected) }
      : said.expected !== null
        ? { ...said, verdict: null }
        : said,
  );
}

function readAnnotation(annotation: Annotation, context: ReadingContext): GivenJudgement | null {
  const { name, by, explanation } = annotation;
  const judge = {
    kind: by.kind ?? context.judge ?? 'rule',
    id: (by.id ?? name).slice(0, 200) || 'unnamed',
    reason: explanation.slice(0, 10_000),
  } as const;
  const at = context.timeOfJudging(annotation.at);
  const expected = rightOutput(annotation, context);
  if (expected !== null) return { verdict: null, expected, judge, at };
  const verdict = verdictOf(annotation, context);
  if (verdict !== null) return { verdict, expected: null, judge, at };
  const shown = JSON.stringify(name.slice(0, 80));
  context.notes.add(
    annotation.score === null
      ? `what is said as ${shown} is neither a verdict nor an output of the model, and is left out`
      : `the scores ${shown} are no verdicts by themselves, and are left out (--pass-at P takes P and more for a pass)`,
  );
  return null;
}

function rightOutput({ label, correction, name }: Annotation, context: ReadingContext): Output | null {
  const { task, kind } = context;
  if (correction !== null && correction !== undefined) {
    const read = readOutput(correction, 'expected', context);
    if (!read.ok) {
      context.notes.add(`a correction as ${JSON.stringify(name.slice(0, 80))}: ${read.problem.reason}; left out`);
      return null;
    }
    if (read.note !== null) context.notes.add(read.note);
    return read.output;
  }
  if (label === null) return null;
  const read = readOutput(label, 'expected', context);
  if (
    !read.ok ||
    read.unknown !== null ||
    kind.problem(task, '', outputToday(read.output, context.labelReading)) !== null
  )
    return null;
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

function together(earlier: GivenJudgement, later: GivenJudgement): GivenJudgement {
  const corrected = later.expected !== null ? later : earlier.expected !== null ? earlier : null;
  return corrected === null ? later : { ...corrected, at: later.at ?? corrected.at };
}
