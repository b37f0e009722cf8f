import { effortOf } from '../../shared/composition/efforts.ts';
import { howManyFit } from '../../shared/domain/policy/capacity.ts';
import type { PortsPart } from './cloud-ports.ts';
import { readRoom } from './environment.ts';

/** Bounds a snapshot by what the stages' functions can go through in one call. */
export const withCapacity: PortsPart = () => ({
  mostTraces: (model, lengths) => {
    const effort = effortOf(model);
    return effort === null ? lengths.length : howManyFit(lengths, effort, readRoom());
  },
});
