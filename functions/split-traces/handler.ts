import { splitTraces } from '../../shared/loop/snapshot/split-traces.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(splitTraces, withBackEnds);
