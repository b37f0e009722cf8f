import { judgeCandidates } from '../../shared/loop/training/judge-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(judgeCandidates, withBackEnds);
