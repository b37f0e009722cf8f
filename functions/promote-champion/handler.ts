import { promoteChampion } from '../../shared/loop/decision/promote-champion.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(promoteChampion, withBackEnds);
