import { finalTest } from '../../shared/loop/decision/final-test.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(finalTest, withBackEnds);
