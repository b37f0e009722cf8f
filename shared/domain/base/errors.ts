/**
 * Faults: what is thrown. What the business decides ("gate rejected") is returned as data instead.
 * The Retry lists of the state machine come from this table; a test holds the two together.
 */
export const errorTable = {
  InvalidInput: { retry: false, mend: 'Correct the input named in the message and start again.' },
  UnknownModel: {
    retry: false,
    mend: 'Register it first: ratchet create MODEL --task classification --examples FILE.',
  },
  ModelExists: { retry: false, mend: 'Choose another name, or go on with the model that is there.' },
  UnknownRun: { retry: false, mend: 'List runs with: ratchet lineage MODEL.' },
  UnknownCheckpoint: { retry: false, mend: 'List checkpoints with: ratchet lineage MODEL.' },
  NoChampion: {
    retry: false,
    mend: 'Train a first checkpoint: ratchet create MODEL --examples FILE, or --from-traces.',
  },
  AccessDenied: {
    retry: false,
    mend: 'Sign in to AWS with an identity that has the permission named in the message, then run the same command.',
  },
  LeaseHeld: { retry: false, mend: 'Wait until the run that holds the lease has ended, or its lease has expired.' },
  LeaseLost: {
    retry: false,
    mend: 'Another run took the model over. Start the run again to take part in its lineage.',
  },
  ChampionMoved: {
    retry: false,
    mend: 'The champion was moved while the run worked. Start a new run: it measures against the champion of now.',
  },
  NotPassed: {
    retry: false,
    mend: 'Nothing was promoted. Start a new run; if it comes again, report it: a stage has named a candidate that the gate did not let through.',
  },
  ExecutionStopped: {
    retry: false,
    mend: 'Redrive the execution, or start the run again: completed stages are passed over.',
  },
  ExecutionTimedOut: {
    retry: false,
    mend: 'See which stage took so long, then redrive the execution or start the run again: completed stages are passed over.',
  },
  StageFailed: {
    retry: false,
    mend: 'See the log of the stage that failed, then start the run again: completed stages are passed over.',
  },
  StaleVersion: { retry: true, mend: 'The record changed meanwhile; the step is tried again by itself.' },
  ObjectMissing: {
    retry: false,
    mend: 'Restore it from a backup; ratchet doctor names all that is gone. Where a checkpoint is, the model can go back to another: ratchet rollback MODEL --to CHECKPOINT.',
  },
  StorageFailure: {
    retry: true,
    mend: 'Check free space and write permission of the workspace, then run the same command.',
  },
  CorruptArtifact: {
    retry: false,
    mend: 'The artifact does not match its digest or version. Roll back to another checkpoint.',
  },
  NewerVersion: { retry: false, mend: 'Use the newer Ratchet that wrote it.' },
  ForbiddenQuery: { retry: false, mend: 'Only one read-only SELECT over traces and judgements is allowed.' },
  TrainingFailed: { retry: true, mend: 'See the cause; try another configuration if it persists.' },
  FoundationMissing: {
    retry: false,
    mend: 'Name a foundation that is there: a directory, or a model of a hub that can be reached.',
  },
  OutOfMemory: {
    retry: false,
    mend: 'Take a smaller batch, a smaller foundation or LoRA, or a machine with more memory.',
  },
  ChatUnavailable: {
    retry: true,
    mend: 'See whether the chat model answers: ratchet doctor. What needs none goes on without it.',
  },
  ChatRefused: {
    retry: false,
    mend: 'Correct what the message names: the key, the model, the endpoint or the permission. Then try it: ratchet doctor.',
  },
  ChatTooLong: {
    retry: false,
    mend: 'Take a chat model with a larger window, or tell the window that it really has (README, "A chat model").',
  },
  EndpointUnavailable: {
    retry: true,
    mend: 'See whether the endpoint answers at its address, then run the same command: it goes on where it stopped.',
  },
  EndpointRefused: {
    retry: false,
    mend: "Correct what the message names: the endpoint's key, its model or its address (docs/back-ends.md).",
  },
  DeployFailed: {
    retry: true,
    mend: 'See whether the place that it is deployed to can be written to, then deploy it: ratchet rollback MODEL --to CHAMPION.',
  },
  LeakDetected: {
    retry: false,
    mend: 'A trace would train a model that judges its near-duplicate. Report this: the stage that chose it is at fault.',
  },
} as const satisfies Record<string, { retry: boolean; mend: string }>;

export type ErrorName = keyof typeof errorTable;

/** A fault with a literal name (Step Functions matches on it), whether it may be retried, and how to mend it. */
export class RatchetError extends Error {
  override readonly name: ErrorName;
  readonly mend: string;
  readonly retryable: boolean;

  constructor(name: ErrorName, message: string, options: { cause?: unknown; mend?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = name;
    this.mend = options.mend ?? errorTable[name].mend;
    this.retryable = errorTable[name].retry;
  }

  static isName(name: string): name is ErrorName {
    return Object.hasOwn(errorTable, name);
  }
}
