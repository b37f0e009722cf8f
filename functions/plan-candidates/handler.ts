import { planCandidates } from '../../shared/stages/plan-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(planCandidates);
