import { splitTraces } from '../../shared/stages/split-traces.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(splitTraces);
