import type { BackEndNames } from '../domain/models/model.ts';

/** What a model works with unless it is told otherwise: nothing beyond Node.js. */
export const defaultBackEnds: BackEndNames = {
  trainer: 'embedded',
  predictor: 'embedded',
  analyst: 'statistical',
  judge: 'rule',
  secondOpinion: null,
};
