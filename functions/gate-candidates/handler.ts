import { gateCandidates } from '../../shared/stages/gate-candidates.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(gateCandidates);
