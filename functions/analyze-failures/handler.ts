import { analyzeFailures } from '../../shared/loop/diagnosis/analyze-failures.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(analyzeFailures, withBackEnds);
