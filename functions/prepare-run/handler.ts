import { prepareRun } from '../../shared/loop/snapshot/prepare-run.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withCapacity } from '../_middleware/with-capacity.ts';
import { withTraceLog } from '../_middleware/with-trace-log.ts';

export const handler = stageFunction(prepareRun, withTraceLog, withCapacity);
