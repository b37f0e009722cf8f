import { judgeTraces } from '../../shared/stages/judge-traces.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(judgeTraces);
