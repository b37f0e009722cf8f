import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLoop } from '../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../cli/workspace.ts';
import { defaultBackEnds } from '../shared/composition/default-back-ends.ts';
import { ingestTraces } from '../shared/intake/ingest-traces.ts';
import { createModel } from '../shared/operations/create-model.ts';
import { labelOutput } from '../shared/tasks/classification/label.ts';
import { judgedTraces, samples } from '../test/helpers/made-up-traffic.ts';
import { bytesOf, recordingUi } from '../test/helpers/test-workspace.ts';
import { slopeOf } from './soak/slope.ts';

const usage = `node --expose-gc bench/soak.ts [--runs 1000] [--models 10] [--out FILE]

One process that ingests a few traces and runs the loop, a thousand times, over several models; the first trains in each of
its runs, the others end for want of failures. Each twentieth run it collects garbage and looks at memory, handles, temporary
files and the disk. Progress goes to stderr, one JSON object to stdout (or FILE); the exit code is 1 where something grows.`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    models: { type: 'string', default: '10' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

interface Look {
  readonly runs: number;
  /** Megabytes, after garbage was collected. */
  readonly heapMb: number;
  readonly externalMb: number;
  readonly residentMb: number;
  /** Open file descriptors, and handles and requests of the event loop. */
  readonly descriptors: number;
  readonly resources: number;
  /** In the temporary directory and where objects are written before they appear. */
  readonly temporaryFiles: number;
  readonly objects: number;
  readonly objectsMb: number;
  /** Write-ahead log of the lineage, and the cache. */
  readonly walKb: number;
  readonly cacheKb: number;
  /** Of CPU, a run, since the look before. */
  readonly secondsPerRun: number;
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const every = 20;
const perRun = 8;
const observer = { progress: () => undefined, note: () => undefined };

/** Outside the heap: the artifacts that a workspace holds, and what was read of objects. */
const mostHeldMb = 700;

/** In a thousand runs; what is kept of a run's records is a few kilobytes. */
const mostGrowth: Readonly<Record<string, number>> = {
  heapMb: 20,
  descriptors: 2,
  resources: 2,
  temporaryFiles: 2,
  walKb: 8_192,
};

if (values.help) say(usage);
else await main(Number(values.runs), Number(values.models));

async function main(runs: number, models: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-soak-'));
  const temporary = await mkdtemp(join(tmpdir(), 'ratchet-soak-tmp-'));
  process.env.TMPDIR = temporary;
  const looks: Look[] = [];
  let closed: Look | null = null;
  try {
    const workspace = await openWorkspace(directory, { observer, create: true });
    for (let model = 0; model < models; model += 1) await create(workspace, nameOf(model), model === 0);
    let cpu = process.cpuUsage();
    for (let run = 1; run <= runs; run += 1) {
      await cycle(workspace, run % models, run);
      if (run % every !== 0) continue;
      const used = process.cpuUsage(cpu);
      looks.push(look(directory, temporary, run, (used.user + used.system) / 1e6 / every));
      cpu = process.cpuUsage();
      say(JSON.stringify(looks.at(-1)));
    }
    await workspace.close();
    // What the workspace held, such as artifacts that were asked for lately (512 MB at most), goes with it.
    closed = look(directory, temporary, runs, 0);
    say(JSON.stringify({ closed }));
  } finally {
    await rm(directory, { recursive: true, force: true });
    await rm(temporary, { recursive: true, force: true });
  }
  // The first looks are of caches that fill.
  const settled = looks.slice(Math.floor(looks.length / 3));
  const growth = Object.fromEntries(
    (['heapMb', 'externalMb', 'residentMb', 'descriptors', 'resources', 'temporaryFiles', 'walKb'] as const).map(
      (what) => [what, 1_000 * slopeOf(settled.map((one) => [one.runs, one[what]]))],
    ),
  );
  const problems = Object.entries(mostGrowth).flatMap(([what, most]) =>
    (growth[what] ?? 0) > most ? [`${what} grows by ${growth[what]} in 1,000 runs`] : [],
  );
  const [first, last] = [looks[0], looks.at(-1)];
  if (last !== undefined && last.externalMb > mostHeldMb) problems.push(`${last.externalMb} MB are held`);
  if (first !== undefined && closed !== null && closed.externalMb > first.externalMb + 20)
    problems.push(`${closed.externalMb} MB stay when the workspace is closed`);
  const text = `${JSON.stringify({ runs, models, growthIn1000Runs: growth, problems, looks, closed }, null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else writeFileSync(values.out, text);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function nameOf(model: number): string {
  return `model-${model}`;
}

async function create({ ports }: Workspace, modelId: string, trains: boolean): Promise<void> {
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: [],
      examples: bytesOf(samples(60, 0, ports.random.stream(1, 'training'))),
      backEnds: defaultBackEnds,
      trainerOptions: { foundation: 'none' },
      settings: { maxIterations: 1, enoughFailures: trains ? 1 : 1_000_000, enoughRecords: trains ? 8 : 50 },
      seed: 1,
      by: 'soak',
    },
    ports,
  );
}

async function cycle(workspace: Workspace, model: number, run: number): Promise<void> {
  const { ports } = workspace;
  const modelId = nameOf(model);
  const traffic = samples(perRun, 0.4, ports.random.stream(run, 'traffic'));
  // A fifth of the answers is wrong, whatever the model has learnt.
  const answers = traffic.map(({ output }, at) => ({
    output: labelOutput(at % 5 === 0 && output !== 'refund' ? 'refund' : output),
    confidence: 0.7,
  }));
  const lines = judgedTraces(modelId, traffic, answers, `r${run}`);
  await ingestTraces({ modelId, sources: [{ name: 'lines', open: async () => bytesOf(lines) }] }, ports);
  await runLoop(workspace, { modelId, seed: run, retryWaitMs: 0 }, recordingUi());
}

function look(directory: string, temporary: string, runs: number, secondsPerRun: number): Look {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const objects = filesBelow(join(directory, 'objects'));
  const mb = (bytes: number) => Math.round((bytes / 2 ** 20) * 100) / 100;
  return {
    runs,
    heapMb: mb(heapUsed),
    externalMb: mb(external),
    residentMb: mb(rss),
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    temporaryFiles: filesBelow(temporary).length + filesBelow(join(directory, 'objects', '.tmp')).length,
    objects: objects.length,
    objectsMb: mb(sizeOf(objects)),
    walKb: Math.round(sizeOf([join(directory, 'lineage.sqlite-wal')]) / 1024),
    cacheKb: Math.round(sizeOf(filesBelow(join(directory, 'cache'))) / 1024),
    secondsPerRun: Math.round(secondsPerRun * 100) / 100,
  };
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
  } catch {
    return [];
  }
}

function sizeOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}
