import { inspectLineage } from '../../shared/loop/diagnosis/inspect-lineage.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withTraceLog } from '../_middleware/with-trace-log.ts';

export const handler = stageFunction(inspectLineage, withTraceLog);
