import { promoteChampion } from '../../shared/loop/decision/promote-champion.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(promoteChampion);
