import { gateCandidates } from '../../shared/loop/decision/gate-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(gateCandidates);
