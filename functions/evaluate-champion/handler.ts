import { evaluateChampion } from '../../shared/loop/training/evaluate-champion.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(evaluateChampion, withBackEnds);
