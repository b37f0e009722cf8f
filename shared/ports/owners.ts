/** Who works on runs: processes on a laptop, executions on AWS. */
export interface Owners {
  /** Whether that owner surely works no more, so that its lease may be taken before it expires. When in doubt, false. */
  isGone(owner: string): Promise<boolean>;
}
