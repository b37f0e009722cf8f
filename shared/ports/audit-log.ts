/** What somebody did to a model over HTTP: no texts, and no ids of traces, so that nothing of it has to be erased. */
export interface AuditEntry {
  readonly action: 'feedback' | 'review' | 'undo' | 'run' | 'name' | 'create';
  readonly model: string;
  /** Name of the token, or of whom AWS let in; null where it is not told. */
  readonly caller: string | null;
  /** Whose name it was said in: reviewers, or judges as `kind/id`; the first twenty. */
  readonly signed: readonly string[];
  /** Judgements that were entered or taken back; clusters that were named, labels of a model that was created. */
  readonly count: number;
  /** Id of the review's action, or of the run; null where there is none, or not yet. */
  readonly id: string | null;
}

/** What was asked for and refused. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly caller: string | null;
  /** Null where nobody is known to have asked. */
  readonly model: string | null;
  /** The right that it would have needed; null for what nobody has a right to. */
  readonly right: string | null;
}

/** Who did what on which model, and when. Only ever added to. */
export interface AuditLog {
  /** Resolves once the entry outlives this process, however it ends. @throws RatchetError StorageFailure */
  append(entry: AuditEntry): Promise<void>;
  /** Counted; written later, so that many refusals are few lines. */
  refused(refusal: Refusal): void;
}
