import { decideNext } from '../../shared/loop/decision/decide-next.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(decideNext);
