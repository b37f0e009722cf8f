import { decideNext } from '../../shared/loop/decision/decide-next.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(decideNext, withBackEnds);
