import { takeRunLease } from '../../shared/loop/engine/take-lease.ts';
import { stateFunction } from '../_middleware/stage-function.ts';

export const handler = stateFunction('take-lease', takeRunLease);
