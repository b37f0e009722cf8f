import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { builtInFoundationSchema } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { inChild } from '../trainer/child.ts';
import { type Breakdown, breakdownSchema, ingestFiguresSchema, runFiguresSchema } from './breakdown.ts';
import { loopChart } from './loop-chart.ts';
import { markdown, mostInSnapshot } from './markdown.ts';

const usage = `npm run bench:loop -- --data DIR --out FILE [--sizes 300,1000,3000,10000,30000] [--foundations none,use-lite]

Where time and memory of a whole run go, by stage: 30 of CLINC150's intents, a first checkpoint of two examples a label, and so many
traces of its, judged by the truth; of more than 100,000 the answers are those of n-grams, whatever the foundation. DIR holds clinc150/data_full.json. Beside FILE goes a chart of the same name. What FILE has
already is not measured again.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    sizes: { type: 'string', default: '300,1000,3000,10000,30000' },
    foundations: { type: 'string', default: 'none,use-lite' },
    help: { type: 'boolean', default: false },
  },
});

const resultsSchema = z.object({ runs: z.array(breakdownSchema) });

const { output, run } = benchCommand(usage);
await run(values.help, bench);

async function bench(): Promise<void> {
  const sizes = values.sizes.split(',').map(Number);
  const foundations = z.array(builtInFoundationSchema).safeParse(values.foundations.split(','));
  const whole = sizes.every((size) => Number.isSafeInteger(size) && size > 0);
  if (values.data === undefined || values.out === undefined || !whole || !foundations.success) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write and whole numbers as sizes.', {
      mend: usage,
    });
  }
  const out = resolve(values.out);
  const runs = await readResults(out);
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-bench-loop-'));
  try {
    for (const foundation of foundations.data) {
      const wanted = sizes.filter((size) => !runs.some((run) => run.foundation === foundation && run.size === size));
      for (const [answeredBy, group] of [
        [foundation, wanted.filter((size) => size <= mostInSnapshot)],
        ['none', wanted.filter((size) => size > mostInSnapshot)],
      ] as const) {
        if (group.length > 0) await step('traffic', answeredBy, Math.max(...group), folder);
        for (const size of group) {
          const run = await measure(foundation, size, folder);
          runs.push(run);
          output.say(
            `${foundation}, ${size} traces: ${run.decision}, ${run.seconds.toFixed(1)} s, ${run.cpuSeconds.toFixed(1)} s CPU, ${run.peakMiB.toFixed(0)} MiB`,
          );
          await write(out, runs);
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await write(out, runs);
  await output.result(runs, markdown(ordered(runs)));
}

async function measure(foundation: Breakdown['foundation'], size: number, folder: string): Promise<Breakdown> {
  const workspace = join(folder, 'workspace');
  await rm(workspace, { recursive: true, force: true });
  const ingest = ingestFiguresSchema.parse(JSON.parse(await step('ingest', foundation, size, folder)));
  const run = runFiguresSchema.parse(JSON.parse(await step('run', foundation, size, folder)));
  return { foundation, size, ...run, ingest };
}

function step(
  name: 'traffic' | 'ingest' | 'run',
  foundation: Breakdown['foundation'],
  size: number,
  folder: string,
): Promise<string> {
  return inChild(process.execPath, [
    fileURLToPath(new URL('./measure-loop.ts', import.meta.url)),
    ...['--step', name, '--foundation', foundation, '--size', String(size), '--data', resolve(values.data ?? '')],
    ...['--traces', join(folder, 'traces.jsonl'), '--examples', join(folder, 'examples.json')],
    ...['--workspace', join(folder, 'workspace')],
  ]);
}

async function readResults(file: string): Promise<Breakdown[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : resultsSchema.parse(JSON.parse(text)).runs;
}

function ordered(runs: readonly Breakdown[]): Breakdown[] {
  return runs.toSorted((a, b) => a.foundation.localeCompare(b.foundation) || a.size - b.size);
}

async function write(out: string, runs: readonly Breakdown[]): Promise<void> {
  const document = {
    benchmark: 'loop',
    machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
    runs: ordered(runs),
  };
  await mkdir(dirname(out), { recursive: true });
  await writeFile(`${out}.tmp`, `${JSON.stringify(document, null, 1)}\n`);
  await rename(`${out}.tmp`, out);
  await writeFile(
    `${out.replace(/\.json$/, '')}.svg`,
    loopChart(ordered(runs).filter(({ size }) => size <= mostInSnapshot)),
  );
}
