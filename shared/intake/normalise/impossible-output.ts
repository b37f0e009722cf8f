import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import type { LineProblem } from '../parse-json-line.ts';
import type { GivenJudgement } from './given-judgement.ts';

/**
 * Why what is said to be right can never be an output for this input; null where it is one, or would be if the task knew
 * its names: that is held where judgements are read.
 * @param answer that was judged; null for none
 */
export function impossibleOutput(
  { expected, verdict }: Pick<GivenJudgement, 'expected' | 'verdict'>,
  input: string,
  answer: Output | null,
  task: TaskSpec,
  kind: Pick<TaskKind, 'problem'>,
): LineProblem | null {
  const right = expected ?? (verdict === 'pass' ? answer : null);
  const problem = right === null ? null : kind.problem(task, input, right);
  if (problem === null || problem.unknown !== undefined) return null;
  const { reason, mend } = problem;
  return { reason: expected === null ? `judged right, but ${reason}` : `"expected": ${reason}`, mend };
}
