import type { Grade, TaskKind } from '../../../shared/domain/base/task-kind.ts';
import type { Checkpoint } from '../../../shared/domain/models/checkpoint.ts';
import { answerToday } from '../../../shared/ports/answer-today.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { taskOf } from '../scenarios/scenario.ts';
import { answersAt, rightAt } from './labels-at.ts';
import type { Prepared } from './prepared.ts';
import { packRights } from './rights.ts';

/** What answers: a checkpoint, or as much of one as the predictor needs. */
export type Served = Pick<Checkpoint, 'served'>;

/** A part of the scores: how many are right, of how many, and which. */
export interface Score {
  readonly right: number;
  readonly of: number;
  /** See `packRights`. */
  readonly rights: string;
  /** The task's own metric, where that is not the share that is right; a fraction. */
  readonly metric?: { readonly name: string; readonly value: number };
}

export interface Scores {
  /** Fresh inputs as they are; the same, perturbed. */
  readonly clean: Score;
  readonly noisy: Score;
  /** Test part of each stage. */
  readonly parts: readonly Score[];
  /** Of the union of the test parts, what was left as it was, and what was perturbed. */
  readonly union: { readonly clean: Score; readonly noisy: Score };
}

/** A fraction; 0 of nothing. */
export function shareRight({ right, of }: Score): number {
  return of === 0 ? 0 : right / of;
}

/** Has a model answer all that scores, in the labels of a stage, from 0. */
export async function scoreModel(served: Served, prepared: Prepared, stage: number, ports: Ports): Promise<Scores> {
  const sets = [prepared.clean, prepared.noisy, ...prepared.parts];
  const inputs = sets.flat().map(({ input }) => input);
  const answers = await answerToday(served, answersAt(prepared, stage), inputs, ports, { alternatives: 1 });
  let from = 0;
  const { kind } = taskOf(prepared.scenario);
  const grades = sets.map((set) => {
    const part = set.map(({ output }, at) =>
      kind.grade(rightAt(prepared, output, stage), answers[from + at]?.output ?? null),
    );
    from += set.length;
    return part;
  });
  const [clean = [], noisy = [], ...parts] = grades;
  const toScore = (part: readonly Grade[]): Score => scoreOf(part, kind);
  const ofUnion = (wanted: boolean): Score =>
    toScore(parts.flatMap((part, at) => part.filter((_, item) => prepared.parts[at]?.[item]?.noisy === wanted)));
  return {
    clean: toScore(clean),
    noisy: toScore(noisy),
    parts: parts.map(toScore),
    union: { clean: ofUnion(false), noisy: ofUnion(true) },
  };
}

function scoreOf(grades: readonly Grade[], kind: TaskKind): Score {
  const rights = grades.map(({ right }) => right);
  const score = { right: rights.filter(Boolean).length, of: rights.length, rights: packRights(rights) };
  const { metric, value } = kind.score(grades);
  return metric === 'accuracy' ? score : { ...score, metric: { name: metric, value } };
}
