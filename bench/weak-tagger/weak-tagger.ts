import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { markdown } from './markdown.ts';
import { runStart, type StartResult, startResultSchema } from './run-start.ts';
import { type Start, starts } from './starts.ts';

const usage = `npm run bench:weak-tagger -- --data DIR --out FILE [--starts over-predicting,few] [--seeds 1,2,3,4,5] [--traces 3000]

What one run makes of a weak tagger on SNIPS slots: one that over-predicts, and one that has seen little of anything. DIR holds
snips/. FILE is one JSON; beside it comes a page of Markdown of the same name. FILE is written after each run, and what it has is
passed over when the command is given again. Several commands at once need a FILE each; --merge FILE,… takes in their results.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    starts: { type: 'string', default: starts.map(({ name }) => name).join(',') },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    traces: { type: 'string', default: '3000' },
    merge: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const { output, progress, run } = benchCommand(usage);
await run(values.help, bench);

async function bench(): Promise<void> {
  const seeds = values.seeds.split(',').map(Number);
  const traces = Number(values.traces);
  const names = values.starts.split(',');
  const wanted = starts.filter(({ name }) => names.includes(name));
  if (
    values.data === undefined ||
    values.out === undefined ||
    wanted.length < names.length ||
    ![...seeds, traces].every(Number.isSafeInteger)
  ) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write, starts, and whole numbers as seeds.', {
      mend: usage,
    });
  }
  const data = resolve(values.data);
  const out = resolve(values.out);
  const files = [out, ...(values.merge ?? '').split(',').filter((file) => file !== '')];
  const results = [
    ...new Map((await Promise.all(files.map(readResults))).flat().map((one) => [nameOf(one), one])).values(),
  ];
  await write(out, results);
  for (const seed of seeds) {
    for (const start of wanted) {
      if (results.some((one) => nameOf(one) === nameOf({ start: start.name, seed, traces }))) continue;
      const result = await runStart(start, { seed, traces, data }, progress);
      results.push(result);
      output.say(lineOf(result));
      await write(out, results);
    }
  }
  await output.result({ results }, [`Results: ${out}`]);
}

function nameOf({ start, seed, traces }: { start: Start['name']; seed: number; traces: number }): string {
  return `${start} ${seed} ${traces}`;
}

async function readResults(file: string): Promise<readonly StartResult[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : z.object({ results: z.array(startResultSchema) }).parse(JSON.parse(text)).results;
}

async function write(out: string, results: readonly StartResult[]): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify({ benchmark: 'weak-tagger', results }, null, 1)}\n`);
  const facts = {
    command: 'npm run bench:weak-tagger -- --data DIR --out FILE',
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`,
    versions: `Ratchet ${[...new Set(results.map(({ version }) => version))].join(', ')}, Node ${process.version}`,
  };
  await writeFile(out.replace(/\.json$/, '.md'), markdown(results, facts));
}

function lineOf({ start, seed, decision, before, after, cpuSeconds }: StartResult): string {
  return `${start} ${seed}: ${decision}, F1 ${before.f1.toFixed(3)} → ${after.f1.toFixed(3)}, ${cpuSeconds.toFixed(0)} s CPU`;
}
