import { planCandidates } from '../../shared/loop/training/plan-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(planCandidates);
