import { defaultBackEnds } from '../shared/composition/default-back-ends.ts';
import type { BackEndNames } from '../shared/domain/models/model.ts';
import { type BackEnds, trainerNamed } from '../shared/ports/back-ends.ts';

/** The back ends that a person names. */
export interface NamedBackEnds extends Omit<BackEndNames, 'trainer' | 'predictor' | 'secondOpinion'> {
  /** Absent where the first one that trains the task is meant. */
  readonly trainer?: string | undefined;
  /** Absent where the trainer is to say who answers with what it makes. */
  readonly predictor?: string | undefined;
  /** Absent for none. */
  readonly secondOpinion?: string | undefined;
}

/**
 * A model's back ends, all of them: where none is named, the first trainer that there is for the task, and the first
 * predictor that the trainer names.
 * @param task name of the task's kind
 * @throws RatchetError InvalidInput when there is no such trainer here
 */
export function backEndNames(named: NamedBackEnds, task: string, backEnds: Pick<BackEnds, 'trainers'>): BackEndNames {
  const { analyst, judge } = named;
  const trainer =
    named.trainer === undefined
      ? [...backEnds.trainers.values()].find(({ tasks }) => tasks.includes(task))
      : trainerNamed(named.trainer, backEnds);
  const name = trainer?.name ?? defaultBackEnds.trainer;
  const predictor = named.predictor ?? trainer?.predictors[0] ?? defaultBackEnds.predictor;
  return {
    trainer: name,
    predictor,
    analyst,
    judge,
    secondOpinion: named.secondOpinion ?? defaultBackEnds.secondOpinion,
  };
}
