import { analyzeFailures } from '../../shared/loop/diagnosis/analyze-failures.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withAnalyst } from '../_middleware/with-analyst.ts';

export const handler = stageFunction(analyzeFailures, withAnalyst);
