import { takeRunLease } from '../../shared/stages/take-lease.ts';
import { stateFunction } from '../_middleware/stage-function.ts';

export const handler = stateFunction('take-lease', takeRunLease);
