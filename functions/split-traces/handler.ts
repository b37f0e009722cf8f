import { splitTraces } from '../../shared/loop/snapshot/split-traces.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(splitTraces);
