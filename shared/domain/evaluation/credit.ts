import type { Grade } from '../base/task-kind.ts';

/**
 * How much of an answer counts as right, a fraction: all of it where it is on record as right, else the part that its
 * grade finds. An answer on record as wrong in which the grade finds nothing wrong has none: whoever judged it knows why.
 */
export function creditOf(grade: Pick<Grade, 'right' | 'credit'>, right: boolean = grade.right): number {
  if (right) return 1;
  return grade.right ? 0 : grade.credit;
}
