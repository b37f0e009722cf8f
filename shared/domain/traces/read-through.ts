import type { LabelReading, Translated } from '../base/label-change.ts';
import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { type Judgement, outranks } from './judgement.ts';
import type { Trace } from './trace.ts';

/** A trace, or as much of it as is needed, with all that was judged of it. */
interface Judged<T extends Pick<Trace, 'output'>> {
  readonly trace: T;
  readonly judgements: readonly Judgement[];
}

/** A trace in the labels of today. */
export interface ReadThrough<T extends Pick<Trace, 'output'> = Trace> extends Judged<T> {
  /**
   * Judgements, as they are on record, of which the changes leave open what they say today: their label was split, or
   * they only call an answer wrong whose label was merged with another. They count for nothing, nor does what a judge of
   * lower rank said: somebody has to judge anew.
   */
  readonly leftOpen: readonly Judgement[];
}

/**
 * Reads a trace of the log, which is never rewritten, through the label changes of its model. An answer that a split left
 * open reads as none. A failure whose correction says the same as the answer since a merge reads as a pass.
 * @param reading null where the labels were never changed
 */
export function readThrough<T extends Pick<Trace, 'output'>>(
  logged: Judged<T>,
  kind: Pick<TaskKind, 'same'>,
  reading: LabelReading | null,
): ReadThrough<T> {
  if (reading === null) return { ...logged, leftOpen: [] };
  const { trace } = logged;
  const recorded = trace.output === null ? null : reading.translate(trace.output);
  const read = logged.judgements.map((judgement) => ({
    judgement,
    now: readJudgement(judgement, recorded, kind, reading),
  }));
  const leftOpen = read.flatMap(({ judgement, now }) => (now === null ? [judgement] : []));
  const isKeptOut = ({ judge }: Judgement) => leftOpen.some((open) => outranks(open.judge.kind, judge.kind));
  return {
    trace: { ...trace, output: recorded?.output ?? null },
    judgements: read.flatMap(({ now }) => (now === null || isKeptOut(now) ? [] : [now])),
    leftOpen,
  };
}

function readJudgement(
  judgement: Judgement,
  recorded: Translated | null,
  kind: Pick<TaskKind, 'same'>,
  reading: LabelReading,
): Judgement | null {
  const { expected, verdict } = judgement;
  if (expected !== undefined) {
    const { output } = reading.translate(expected);
    if (output === null) return null;
    const nowRight = verdict === 'fail' && recorded !== null && sameAnswer(kind, recorded.output, output);
    return { ...judgement, expected: output, verdict: nowRight ? 'pass' : verdict };
  }
  if (recorded === null) return judgement;
  const isOpen = recorded.output === null || (verdict === 'fail' && recorded.joined);
  return isOpen ? null : judgement;
}
