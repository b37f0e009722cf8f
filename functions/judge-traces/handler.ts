import { judgeTraces } from '../../shared/loop/snapshot/judge-traces.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(judgeTraces);
