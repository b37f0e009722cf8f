import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { JudgedAnswer } from '../../domain/traces/judging.ts';
import { type Judge, ruleJudge } from '../../ports/judge.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { doneAtOnce } from '../../ports/long-work.ts';

/** A judge without a language model: an answer passes that says the same as the right output, where that is known. */
export function createRuleJudge({ tasks }: { readonly tasks: ReadonlyMap<string, TaskKind> }): Judge {
  return {
    name: ruleJudge,
    mustAgree: false,
    ...doneAtOnce(async ({ task, answers }) => {
      const kind = kindOf({ task }, { tasks });
      const judged = answers.flatMap(({ traceId, answer, expected }): JudgedAnswer[] => {
        if (expected === null) return [];
        const same = answer !== null && kind.same(answer, expected);
        if (same === 'undecided') return [];
        const reason = `${JSON.stringify(kind.show(answer))} ${same ? 'is' : 'is not'} ${JSON.stringify(kind.show(expected))}`;
        const judge = { kind: 'rule', id: 'exact-match', reason } as const;
        return [{ traceId, verdict: same ? 'pass' : 'fail', expected, judge }];
      });
      return { answers: judged, unusable: 0, trouble: null };
    }),
  };
}
