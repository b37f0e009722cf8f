import { judgeTraces } from '../../shared/loop/snapshot/judge-traces.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(judgeTraces, withBackEnds);
