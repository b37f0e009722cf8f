import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { OnProgress } from '../../shared/ports/long-work.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../shared/ports/trainer.ts';

/** What a model of the embedded back ends is created with, without a pretrained foundation. */
export const embeddedModel = { backEnds: defaultBackEnds, trainerOptions: { foundation: 'none' } } as const;

/** One training, to its end, under a key of its own. */
export function train(trainer: Trainer, request: TrainingRequest, onProgress?: OnProgress): Promise<Artifact> {
  return toEnd(trainer, request.artifactKey, request, onProgress);
}

/** A trainer that shows each request before it does what it does. */
export function watched(trainer: Trainer, look: (request: TrainingRequest) => Promise<void> | void): Trainer {
  return {
    ...trainer,
    async start(key, request, deadline, onProgress) {
      await look(request);
      return trainer.start(key, request, deadline, onProgress);
    },
  };
}
