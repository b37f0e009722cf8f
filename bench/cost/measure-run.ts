import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import type { Foundation } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { createEmbeddedPredictor } from '../../shared/adapters/backends/embedded/embedded-predictor.ts';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { beginRun } from '../../shared/operations/begin-run.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type Labelled, loadClinc } from '../improvement/load-clinc.ts';
import { BigramTraffic, templates } from '../scale/bigram-traffic.ts';
import { madeUpRecords } from '../scale/made-up-records.ts';
import { billedGigabyteSeconds } from './lambda-time.ts';
import { type MeasuredStep, measureExecution, type StepPorts } from './measured-execution.ts';
import { meteredLineage, meteredObjects } from './metered-stores.ts';
import { noUsage, type Usage } from './usage.ts';

export interface RunToMeasure {
  readonly traces: number;
  readonly foundation: Foundation;
  /** How many labels, with data; templates have their own. */
  readonly labels: number;
  /** How many texts each input is joined of: for longer ones. */
  readonly texts: number;
  /** Holds clinc150/; null for templates. */
  readonly data: string | null;
  readonly onStep: (step: MeasuredStep) => void;
}

export interface MeasuredRun {
  readonly ingest: Usage;
  readonly run: Usage;
  readonly result: RunResult;
  /** Processor seconds by state, all its invocations together. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** By state, of the invocation that took most: what a function has to have room and time for. */
  readonly largest: Readonly<Record<string, { readonly cpuSeconds: number; readonly peakMiB: number }>>;
}

const examplesPerLabel = 10;
const modelId = 'cost';
const owner = 'bench';

/** Creates a model, ingests synthetic traffic and runs the loop over it, in a workspace of its own, all counted. */
export async function measureRun({
  traces,
  foundation,
  labels,
  texts,
  data,
  onStep,
}: RunToMeasure): Promise<MeasuredRun> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-cost-'));
  const workspace = await openWorkspace(directory, {
    observer: { progress: () => undefined, note: () => undefined },
    create: true,
  });
  try {
    const random = new SeededRandom().stream(1, 'cost');
    const traffic = new BigramTraffic(data === null ? templates() : await rowsOf(data, labels), random);
    await createModel(
      {
        modelId,
        task: 'classification',
        labels: [],
        examples: jsonLines(firstExamples(traffic)),
        backEnds: defaultBackEnds,
        trainerOptions: { foundation },
        settings: {},
        seed: 1,
        by: owner,
      },
      workspace.ports,
    );
    const ingest = await measureIngest({ count: traces, texts }, traffic, random, workspace);
    const run = noUsage();
    const { runId, seed } = await beginRun(
      { runId: 'run-cost', modelId, seed: 1 },
      { ...workspace.ports, history: workspace.ports.traceLog },
    );
    const execution = await measureExecution(
      { runId, modelId, seed },
      owner,
      () => meteredPorts(workspace.ports, run),
      onStep,
    );
    run.stateTransitions = execution.stateTransitions;
    run.invocations += execution.steps.length;
    // That the run has ended is told as an event.
    run.events += 1;
    run.storedGigabytes = (await bytesIn(join(directory, 'objects'))) / 1e9 - ingest.storedGigabytes;
    const cpuSeconds: Record<string, number> = {};
    const largest: Record<string, { cpuSeconds: number; peakMiB: number }> = {};
    for (const step of execution.steps) {
      cpuSeconds[step.state] = (cpuSeconds[step.state] ?? 0) + step.cpuSeconds;
      const most = largest[step.state] ?? { cpuSeconds: 0, peakMiB: 0 };
      largest[step.state] = {
        cpuSeconds: Math.max(most.cpuSeconds, step.cpuSeconds),
        peakMiB: Math.max(most.peakMiB, step.peakMiB),
      };
      run.gigabyteSeconds += billedGigabyteSeconds(step.state, step);
    }
    return { ingest, run, result: execution.result, cpuSeconds, largest };
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureIngest(
  { count, texts }: { readonly count: number; readonly texts: number },
  traffic: BigramTraffic,
  random: ReturnType<SeededRandom['stream']>,
  workspace: Workspace,
): Promise<Usage> {
  const usage = noUsage();
  const records = madeUpRecords(count, traffic, random).map((record) => ({
    traceId: record.traceId,
    timestamp: record.timestamp,
    modelId,
    input: [record.input, ...Array.from({ length: texts - 1 }, () => traffic.next().text)].join(' '),
    output: record.answer,
    confidence: record.confidence,
    expected: record.expected,
    judge: record.judgedBy,
  }));
  const { ports, close } = meteredPorts(workspace.ports, usage);
  const cpu = process.cpuUsage();
  await ingestTraces({ modelId, sources: [{ name: 'traffic', open: async () => jsonLines(records) }] }, ports);
  await close();
  const { user, system } = process.cpuUsage(cpu);
  // The file is put and got, its receipt is written, and both are told as events.
  usage.s3Writes += 2;
  usage.s3Reads += 2;
  usage.events += 1;
  usage.invocations += 1;
  const took = { cpuSeconds: (user + system) / 1e6, requests: requestsOf(usage) };
  usage.gigabyteSeconds = billedGigabyteSeconds('ingest-drop', took);
  usage.storedGigabytes = (await bytesIn(join(workspace.directory, 'objects'))) / 1e9;
  return usage;
}

/**
 * The ports with their requests counted, those of the trace log too, and back ends that know nothing yet, as in a new
 * function.
 */
function meteredPorts(ports: Ports, usage: Usage): StepPorts {
  const before = requestsOf(usage);
  const objects = meteredObjects(ports.objects, usage);
  const traceLog = new DuckDbTraceLog({ objects, clock: ports.clock });
  const runtime = new EmbeddedRuntime({ objects });
  const trainer = createEmbeddedTrainer(runtime);
  const predictor = createEmbeddedPredictor(runtime);
  return {
    ports: {
      ...ports,
      objects,
      lineage: meteredLineage(ports.lineage, usage),
      traceLog,
      trainers: new Map([[trainer.name, trainer]]),
      predictors: new Map([[predictor.name, predictor]]),
    },
    async close() {
      await Promise.all([runtime.close(), traceLog.close()]);
      return { requests: requestsOf(usage) - before };
    },
  };
}

function requestsOf({ s3Reads, s3Writes, tableReads, tableWrites }: Usage): number {
  return s3Reads + s3Writes + tableReads + tableWrites;
}

async function rowsOf(data: string, most: number): Promise<Labelled[]> {
  const { labels, train } = await loadClinc(data);
  const wanted = new Set(labels.slice(0, most));
  return train.filter(({ label }) => wanted.has(label));
}

function firstExamples(traffic: BigramTraffic): readonly object[] {
  const counts = new Map<string, number>();
  const examples: object[] = [];
  while (examples.length < traffic.labels.length * examplesPerLabel) {
    const { text, label } = traffic.next();
    const count = counts.get(label) ?? 0;
    if (count < examplesPerLabel && text !== '') {
      counts.set(label, count + 1);
      examples.push({ input: text, output: label });
    }
  }
  return examples;
}

async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const each = 1_000;
  for (let from = 0; from < values.length; from += each) {
    const lines = values.slice(from, from + each).map((value) => JSON.stringify(value));
    yield encoder.encode(`${lines.join('\n')}\n`);
  }
}
