import { RatchetError } from '../domain/base/errors.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Ports } from './ports.ts';
import type { Prediction, PredictOptions, Predictor } from './predictor.ts';
import type { Trainer } from './trainer.ts';
/** Answers inputs with a checkpoint, by the predictor of the back end that trained it. */
export function answerWith(
  checkpoint: Pick<Checkpoint, 'trainer' | 'artifactKey' | 'artifactDigest'>,
  inputs: readonly string[],
  ports: Ports,
  options?: PredictOptions,
): Promise<readonly Prediction[]> {
  return predictorNamed(checkpoint.trainer, ports).predict(checkpoint, inputs, options);
}

function predictorNamed(name: string, ports: Ports): Predictor {
  const predictor = ports.predictors.get(name);
  if (predictor === undefined) throw unknownBackEnd(name, ports.predictors);
  return predictor;
}

/** The trainer back end of that name. @throws RatchetError InvalidInput */
export function trainerNamed(name: string, ports: Ports): Trainer {
  const trainer = ports.trainers.get(name);
  if (trainer === undefined) throw unknownBackEnd(name, ports.trainers);
  return trainer;
}

function unknownBackEnd(name: string, known: ReadonlyMap<string, unknown>): RatchetError {
  return new RatchetError('InvalidInput', `There is no back end named ${name} here.`, {
    mend: `Use one of: ${[...known.keys()].join(', ')}.`,
  });
}
