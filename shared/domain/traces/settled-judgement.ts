import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { TaskSpec } from '../base/task-spec.ts';
import { effectiveJudgement, type Judgement, nameOf } from './judgement.ts';
import type { ReadThrough } from './read-through.ts';
import type { PinnedRecord } from './trace-record.ts';
import { whatCounts } from './what-counts.ts';

/** The judgement of a trace that counts; where there are some and none does, why. */
export function settledJudgement(
  logged: ReadThrough,
  task: TaskSpec,
  kind: TaskKind,
): Pick<PinnedRecord, 'judgement' | 'unsettled'> {
  const found = whatCounts(logged, task, kind);
  if (found.kind === 'none') {
    const open = effectiveJudgement(logged.leftOpen);
    return open === undefined
      ? { judgement: null }
      : { judgement: null, unsettled: { why: 'left-open', reason: whyLeftOpen(open, logged, kind) } };
  }
  if (found.kind !== 'counts') return { judgement: null, unsettled: { why: found.kind, reason: found.reason } };
  const { verdict, expected, judge } = found.judgement;
  const alsoBy = othersWhoAgree(found.judgement, logged, kind);
  return {
    judgement: { verdict, expected: expected ?? null, judge, ...(alsoBy.length === 0 ? {} : { alsoBy }) },
  };
}

const mostOthers = 5;

/** Other judges who give the same right output, by kind and id. */
function othersWhoAgree(counts: Judgement, { trace, judgements }: ReadThrough, kind: TaskKind): readonly string[] {
  const right = ({ expected, verdict }: Judgement) => expected ?? (verdict === 'pass' ? trace.output : null);
  const agreed = right(counts);
  if (agreed === null || judgements.length < 2) return [];
  const own = nameOf(counts.judge);
  const names = judgements.flatMap((judgement) => {
    const said = right(judgement);
    return said !== null && sameAnswer(kind, said, agreed) ? [nameOf(judgement.judge)] : [];
  });
  return [...new Set(names)].filter((name) => name !== own).slice(0, mostOthers);
}

function whyLeftOpen({ expected, verdict }: Judgement, { trace }: ReadThrough, kind: TaskKind): string {
  const said =
    expected === undefined
      ? `judged to ${verdict ?? 'fail'}`
      : `judged to be ${JSON.stringify(kind.show(expected).slice(0, 80))}`;
  const wasSplit = expected !== undefined || trace.output === null;
  const wanted = wasSplit ? 'its label was split; say which part it is' : 'judge it anew';
  return `${said} before the labels were changed, which leaves open what that says today: ${wanted}`;
}
