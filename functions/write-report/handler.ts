import { writeReport } from '../../shared/loop/report/write-report.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(writeReport);
