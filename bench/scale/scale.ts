import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { measuredStages } from './measured-stages.ts';

const usage = `npm run bench:scale -- [--data DIR] [--sizes 10000,100000,1000000] [--stages ingest,triage,places,leaks,evidence,taxonomy,curriculum,gate,run] [--out FILE]

Time and peak memory of the stages at growing sizes, each in a process of its own, with the growth exponent (slope of CPU
seconds over size, both logarithmic). The traffic is synthetic: a walk over the word pairs of 30 of CLINC150's intents, or
templates without --data. \`run\` is one whole run over 3,000 real texts, embeddings included, and needs --data.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    sizes: { type: 'string', default: '10000,100000,1000000' },
    stages: { type: 'string', default: Object.keys(measuredStages).join(',') },
    out: { type: 'string' },
    /** For the child: measures this stage at this size. */
    child: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const runSize = 3_000;

const measurementSchema = z.object({
  stage: z.string(),
  size: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMiB: z.number(),
  load: z.number(),
  what: z.string(),
});
type Measurement = z.infer<typeof measurementSchema>;

const { output, run } = benchCommand(usage);
const { child } = values;
await run(values.help, () => (child === undefined ? bench() : measureHere(child)));

async function measureHere(child: string): Promise<void> {
  const [stage = '', size = ''] = child.split(':');
  let seconds = 0;
  let cpuSeconds = 0;
  const what = await measuredStages[stage]?.({
    size: Number(size),
    data: values.data ?? null,
    async timed(work) {
      const clock = process.hrtime.bigint();
      const cpu = process.cpuUsage();
      const result = await work();
      seconds = Number(process.hrtime.bigint() - clock) / 1e9;
      const used = process.cpuUsage(cpu);
      cpuSeconds = (used.user + used.system) / 1e6;
      return result;
    },
  });
  const measurement: Measurement = {
    stage,
    size: Number(size),
    seconds,
    cpuSeconds,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    load: loadavg()[0] ?? 0,
    what: what ?? '',
  };
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

async function bench(): Promise<void> {
  const stages = values.stages.split(',');
  const sizes = values.sizes.split(',').map(Number);
  const unknown = stages.find((stage) => !Object.hasOwn(measuredStages, stage));
  if (unknown !== undefined || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new RatchetError('InvalidInput', 'Sizes are whole numbers, stages those named below.', { mend: usage });
  }
  const measurements: Measurement[] = [];
  const failures: string[] = [];
  for (const stage of stages.filter((name) => name !== 'run' || values.data !== undefined)) {
    for (const size of stage === 'run' ? [runSize] : sizes) {
      const measured = await inChild(stage, size);
      if (typeof measured === 'string') failures.push(`${stage} at ${size}: ${measured}`);
      else {
        measurements.push(measured);
        output.say(rowOf(measured).join('  '));
      }
      await write(measurements, failures, stages);
    }
  }
  await output.result(measurements, [
    '| stage | size | wall, s | CPU, s | peak, MiB | load | what |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...measurements.map((measured) => `| ${rowOf(measured).join(' | ')} |`),
    '',
    ...exponents(measurements, stages).map(({ stage, exponent }) => `${stage}: growth exponent ${exponent.toFixed(2)}`),
    ...failures,
  ]);
  if (failures.length > 0) process.exitCode = 1;
}

function rowOf({ stage, size, seconds, cpuSeconds, peakMiB, load, what }: Measurement): string[] {
  return [stage, String(size), seconds.toFixed(2), cpuSeconds.toFixed(2), peakMiB.toFixed(0), load.toFixed(1), what];
}

/** @returns the measurement, or why there is none */
function inChild(stage: string, size: number): Promise<Measurement | string> {
  const data = values.data === undefined ? [] : ['--data', values.data];
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=12000', fileURLToPath(import.meta.url), '--child', `${stage}:${size}`, ...data],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      if (code !== 0) resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
      else resolve(measurementSchema.parse(JSON.parse(text)));
    });
  });
}

interface Exponent {
  readonly stage: string;
  readonly exponent: number;
}

/** Least-squares slope of log CPU seconds over log size. */
function exponents(measurements: readonly Measurement[], stages: readonly string[]): Exponent[] {
  return stages.flatMap((stage) => {
    const points = measurements
      .filter((measured) => measured.stage === stage && measured.cpuSeconds > 0)
      .map(({ size, cpuSeconds }) => ({ x: Math.log(size), y: Math.log(cpuSeconds) }));
    if (points.length < 2) return [];
    const mean = (of: 'x' | 'y') => points.reduce((sum, point) => sum + point[of], 0) / points.length;
    const [x, y] = [mean('x'), mean('y')];
    const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
    return [{ stage, exponent: slope / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0) }];
  });
}

async function write(
  measurements: readonly Measurement[],
  failures: readonly string[],
  stages: readonly string[],
): Promise<void> {
  if (values.out === undefined) return;
  const document = {
    benchmark: 'scale',
    traffic: values.data === undefined ? 'templates' : 'bigram walk over 30 intents of CLINC150',
    machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
    measurements,
    exponents: exponents(measurements, stages),
    failures,
  };
  await writeFile(values.out, `${JSON.stringify(document, null, 2)}\n`);
}
