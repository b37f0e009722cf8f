import type { LineageAccess } from './constructs/lineage-access.ts';
import type { ObjectAccess } from './constructs/object-access.ts';

export type LayerName = 'duckdb' | 'use-lite';

/** What a function is given: nothing that is not named here. */
export interface FunctionSpec {
  readonly name: string;
  readonly does: string;
  readonly layers: readonly LayerName[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly diskMb: number;
  /** Of the trace bucket. */
  readonly traces?: ObjectAccess;
  /** Of the artifact bucket. */
  readonly artifacts?: ObjectAccess;
  /** Of the journal bucket. */
  readonly journal?: ObjectAccess;
  readonly lineage: LineageAccess;
  /** Whether it may ask if an execution still runs: who finds a lease held has to know whether its holder works. */
  readonly describesExecutions?: true;
  readonly startsExecutions?: true;
  readonly putsEvents?: true;
  /** Whether it is told what a call of a stage has at hand, by which it bounds a run's snapshot. */
  readonly boundsSnapshots?: true;
  /** Whether it gets the slots of concurrency that a deployment may keep for ingesting, or for serving. */
  readonly reservesConcurrency?: 'ingesting' | 'serving';
  /** Whether it is told how requests are let in. */
  readonly serves?: true;
  /** Whether it asks the chat model, where the deployment has one. */
  readonly chats?: true;
  /** Whether its agents query traces, by Athena where the deployment has it. */
  readonly queriesTraces?: true;
  /** Whether it reads the trace log, by Athena where the deployment has it so. */
  readonly readsLog?: true;
}

interface StageOptions extends Partial<Omit<FunctionSpec, 'name' | 'does' | 'artifacts' | 'lineage'>> {
  /** Where below `models/<model>/` it writes. */
  readonly models?: readonly ('splits' | 'datasets' | 'checkpoints' | 'evaluation-sets')[];
  /** Records that it writes beside that of its run. */
  readonly records?: LineageAccess['records'];
  readonly scores?: true;
  /** Whether it may ask what costs something, out of the run's budget. */
  readonly pays?: true;
  readonly movesChampion?: true;
  /** Stages whose part of `runs/` it writes; by default its own. */
  readonly writesAs?: readonly string[];
  readonly deletesRunObjects?: true;
}

/** The objects of one stage, of all models and runs: `runs/<model>/<run>/<iteration>/<stage>/<item>/<file>`. */
function ofStage(name: string): string {
  return `runs/*/*/*/${name}/*`;
}

/**
 * A stage reads what earlier ones left, writes its own part of `runs/`, renews the lease and may resume its run's
 * record. What others leave it cannot change: what a gate has said stays said.
 */
function stage(name: string, does: string, options: StageOptions = {}): FunctionSpec {
  const {
    models = [],
    records = [],
    scores,
    pays,
    movesChampion,
    writesAs = [name],
    deletesRunObjects,
    ...rest
  } = options;
  return {
    name,
    does,
    layers: [],
    memoryMb: 3008,
    timeoutSeconds: 900,
    diskMb: 512,
    describesExecutions: true,
    ...rest,
    artifacts: {
      read: ['runs/*', 'models/*'],
      list: ['runs/*', 'models/*'],
      write: [...writesAs.map(ofStage), ...models.map((folder) => `models/*/${folder}/*`)],
      ...(deletesRunObjects === true ? { delete: [ofStage(name)] } : {}),
    },
    lineage: {
      control: movesChampion === true ? 'champion' : 'lease',
      records: ['runs', ...records],
      ...(scores === true ? { scores } : {}),
      ...(rest.chats === true || pays === true ? { budgets: true } : {}),
    },
  };
}

const readsTraces = { read: ['traces/*', 'judgements/*', 'batches/*'], list: ['batches/*'] } as const;

/** One function a Task state of the state machine, of the same name. */
export const stageFunctions: readonly FunctionSpec[] = [
  stage('take-lease', "Takes the model's lease for the run", { memoryMb: 512, timeoutSeconds: 60, writesAs: [] }),
  stage('prepare-run', 'Pins the snapshot, and folds for the life of the model', {
    models: ['splits'],
    layers: ['duckdb'],
    diskMb: 2048,
    traces: readsTraces,
    readsLog: true,
    boundsSnapshots: true,
  }),
  stage('answer-traces', 'The champion answers a chunk of the snapshot anew', { layers: ['use-lite'], pays: true }),
  stage('judge-traces', 'A verdict on each answer', { chats: true }),
  stage('triage-traces', 'Clean, noise, poison or suspect judgement', {
    layers: ['use-lite'],
    deletesRunObjects: true,
    chats: true,
  }),
  stage('split-traces', 'What candidates are weighed by, and shards for the diagnosis'),
  stage('analyze-failures', 'One shard of failures', {
    // Its agents query traces.
    layers: ['duckdb'],
    diskMb: 2048,
    traces: readsTraces,
    chats: true,
    queriesTraces: true,
  }),
  stage('build-taxonomy', 'Clusters of failures with their root causes', { chats: true }),
  stage('confirm-weaknesses', 'Probes a cluster on the champion', { layers: ['use-lite'], chats: true }),
  stage('inspect-lineage', 'What the run has to be held to', {
    layers: ['duckdb'],
    diskMb: 2048,
    traces: readsTraces,
    readsLog: true,
    models: ['evaluation-sets'],
    records: ['evaluation-sets'],
  }),
  stage('synthesize-curriculum', 'Corrective examples for one cluster', { chats: true }),
  stage('assemble-curriculum', 'The training sets', { models: ['datasets'], records: ['datasets'] }),
  stage('plan-candidates', 'Which configurations are trained', { memoryMb: 1024 }),
  stage('train-candidates', 'Trains one candidate', {
    layers: ['use-lite'],
    memoryMb: 5308,
    models: ['checkpoints'],
    records: ['checkpoints'],
  }),
  stage('prepare-next-dataset', 'What the likely next iteration needs', {
    models: ['datasets'],
    records: ['datasets'],
    writesAs: ['prepare-next-dataset', 'synthesize-curriculum', 'assemble-curriculum'],
  }),
  stage('evaluate-candidates', 'One candidate, out of fold', { layers: ['use-lite'], memoryMb: 5308, pays: true }),
  stage('judge-candidates', "What only a judge can tell of candidates' answers", { memoryMb: 2048, chats: true }),
  stage('gate-candidates', 'Holds the candidates against the gate', { memoryMb: 2048, scores: true }),
  stage('decide-next', 'The next move, or the end', { memoryMb: 2048, chats: true }),
  stage('promote-champion', 'Freezes the records and moves the champion', {
    models: ['evaluation-sets'],
    records: ['evaluation-sets'],
    movesChampion: true,
  }),
  stage('final-test', 'What the report shows of the candidate decided on', { layers: ['use-lite'], pays: true }),
  stage('write-report', 'The report', { memoryMb: 2048 }),
];

/** Stages that go through a whole snapshot in one call: what they have at hand bounds it. */
const inOneCall = ['triage-traces', 'train-candidates'];

/** The least that a stage has which goes through a whole snapshot in one call, where functions have a limit of memory. */
export function leastRoom(memoryLimitMb: number): { readonly memoryMb: number; readonly timeoutSeconds: number } {
  const specs = stageFunctions.filter(({ name }) => inOneCall.includes(name));
  return {
    memoryMb: Math.min(memoryLimitMb, ...specs.map(({ memoryMb }) => memoryMb)),
    timeoutSeconds: Math.min(...specs.map(({ timeoutSeconds }) => timeoutSeconds)),
  };
}

/** Of the log what goes when small files of it are merged, which whoever appends to it does. */
const mergedFolders = ['traces/*', 'judgements/*', 'batches/_merged/*'] as const;
const ingestFolders = ['traces/*', 'judgements/*', 'batches/*', 'quarantine/*', 'ingests/*'] as const;

/** What is kept of champions' traffic. */
const driftFolder = ['models/*/drift/*'] as const;

/** What stands around the loop: functions that events invoke. */
export const eventFunctions = {
  ingestDrop: {
    name: 'ingest-drop',
    does: 'Normalises a dropped file into the trace store',
    layers: ['duckdb'],
    memoryMb: 2048,
    timeoutSeconds: 900,
    diskMb: 2048,
    traces: {
      read: ['drops/*', ...ingestFolders],
      list: ['drops/*', ...ingestFolders],
      write: ingestFolders,
      delete: ['quarantine/*', ...mergedFolders],
    },
    readsLog: true,
    lineage: { control: 'read', records: [] },
    putsEvents: true,
    reservesConcurrency: 'ingesting',
  },
  startRun: {
    name: 'start-run',
    does: 'Decides whether a run is due, and starts it',
    layers: [],
    memoryMb: 512,
    timeoutSeconds: 60,
    diskMb: 512,
    traces: { read: ['batches/*'], list: ['batches/*'] },
    artifacts: { read: driftFolder, list: driftFolder },
    lineage: { control: 'read', records: ['runs'] },
    describesExecutions: true,
    startsExecutions: true,
  },
  watchChampion: {
    name: 'watch-champion',
    does: 'Tells whether traffic has changed, and moves a new champion back that is proven worse than its predecessor',
    layers: ['duckdb', 'use-lite'],
    memoryMb: 3008,
    timeoutSeconds: 900,
    diskMb: 2048,
    traces: readsTraces,
    readsLog: true,
    artifacts: { read: ['models/*'], list: ['models/*'], write: driftFolder },
    lineage: { control: 'champion', records: [] },
    describesExecutions: true,
    putsEvents: true,
  },
  runEnded: {
    name: 'run-ended',
    does: 'Records how a run ended and gives its lease back',
    layers: [],
    memoryMb: 512,
    timeoutSeconds: 60,
    diskMb: 512,
    lineage: { control: 'lease', records: ['runs'] },
    putsEvents: true,
  },
} as const satisfies Record<string, FunctionSpec>;

const journalFolder = ['journal/*'] as const;
const settledFolders = ['traces/*', 'judgements/*', 'batches/*', 'quarantine/*'] as const;

/** What answers over HTTP, where a deployment does, and keeps what comes. */
export const servingFunctions = {
  serve: {
    name: 'serve',
    does: 'Answers requests with the champions',
    layers: ['use-lite'],
    memoryMb: 1769,
    // The longest that an HTTP API waits is 30 seconds.
    timeoutSeconds: 29,
    diskMb: 512,
    // How sure answers are stands beside the report of the run that found it.
    artifacts: { read: ['models/*', 'runs/*/calibration.json'], list: ['models/*', 'runs/*/calibration.json'] },
    journal: { write: journalFolder },
    lineage: { control: 'read', records: [] },
    reservesConcurrency: 'serving',
    serves: true,
  },
  settleJournal: {
    name: 'settle-journal',
    does: 'Moves what was answered and judged over HTTP into the trace store',
    layers: ['duckdb'],
    memoryMb: 2048,
    timeoutSeconds: 900,
    diskMb: 2048,
    traces: {
      read: settledFolders,
      list: settledFolders,
      write: settledFolders,
      delete: ['quarantine/*', ...mergedFolders],
    },
    readsLog: true,
    journal: { read: journalFolder, list: journalFolder, delete: journalFolder },
    lineage: { control: 'read', records: [] },
    putsEvents: true,
  },
} as const satisfies Record<string, FunctionSpec>;
