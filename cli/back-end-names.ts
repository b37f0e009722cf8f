import { defaultBackEnds } from '../shared/composition/default-back-ends.ts';
import type { BackEndNames } from '../shared/domain/models/model.ts';
import { type BackEnds, trainerNamed } from '../shared/ports/back-ends.ts';

/** The back ends that a person names. */
export interface NamedBackEnds extends Omit<BackEndNames, 'predictor' | 'secondOpinion'> {
  /** Absent where the trainer is to say who answers with what it makes. */
  readonly predictor?: string | undefined;
}

/**
 * A model's back ends, the predictor too: the default one with the default trainer, else the first that the trainer
 * names.
 * @throws RatchetError InvalidInput when there is no such trainer here
 */
export function backEndNames(named: NamedBackEnds, backEnds: Pick<BackEnds, 'trainers'>): BackEndNames {
  const { trainer, analyst, judge } = named;
  const [first] = trainer === defaultBackEnds.trainer ? [] : trainerNamed(trainer, backEnds).predictors;
  const predictor = named.predictor ?? first ?? defaultBackEnds.predictor;
  return { trainer, predictor, analyst, judge, secondOpinion: defaultBackEnds.secondOpinion };
}
