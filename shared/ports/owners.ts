import type { OwnerState } from '../domain/models/control.ts';

/** Who works on runs: processes on a laptop, executions on AWS. */
export interface Owners {
  /** Whether that owner works. `running` and `gone` are certain; everything in doubt is `unknown`. */
  stateOf(owner: string): Promise<OwnerState>;
}
