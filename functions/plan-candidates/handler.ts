import { planCandidates } from '../../shared/loop/training/plan-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(planCandidates, withBackEnds);
