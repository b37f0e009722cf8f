import { gateCandidates } from '../../shared/loop/decision/gate-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(gateCandidates, withBackEnds);
