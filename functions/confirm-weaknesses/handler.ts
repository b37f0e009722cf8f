import { confirmWeaknesses } from '../../shared/loop/diagnosis/confirm-weaknesses.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(confirmWeaknesses, withBackEnds);
