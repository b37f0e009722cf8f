import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { cellName, cells } from './cell.ts';
import { type CellResult, resultName } from './cell-result.ts';
import { readResults, writeResults } from './results-file.ts';
import { runCell } from './run-cell.ts';
import { writePage } from './write-page.ts';

const usage = `npm run bench:weak-starts -- --data DIR --out FILE [--seeds 11,12,13] [--cells 30x2x250,…] [--cache DIR]

When does a run pay? 2, 5 or 10 examples of each of 30, 77 or 150 of CLINC150's intents to begin with, 250, 500, 1,000 or 3,000
traces of clean traffic with some errors of the judge's, one run of the loop: how often it promotes, what it gains on fresh text,
and what retraining on everything does with the same logs. DIR holds clinc150/data_full.json. FILE is one JSON; beside it come a
page of Markdown and a picture of the same name. FILE is written after each cell, and what it has is passed over when the command is
given again. --cells names some, by labels, examples a label and traces. --cache keeps the embeddings for the next time.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    seeds: { type: 'string', default: '11,12,13' },
    cells: { type: 'string' },
    cache: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const { output, run } = benchCommand(usage);
await run(values.help, bench);

async function bench(): Promise<void> {
  const seeds = values.seeds.split(',').map(Number);
  const wanted = values.cells?.split(',') ?? cells.map(cellName);
  const unknown = wanted.find((name) => !cells.some((cell) => cellName(cell) === name));
  const { data } = values;
  if (data === undefined || values.out === undefined || !seeds.every(Number.isSafeInteger) || unknown !== undefined) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write, whole numbers as seeds, and cells.', {
      mend: usage,
    });
  }
  const out = resolve(values.out);
  const cache = resolve(values.cache ?? (await mkdtemp(join(tmpdir(), 'ratchet-embeddings-'))));
  await mkdir(cache, { recursive: true });
  const random = new SeededRandom();
  const results = [...(await readResults(out))];
  const finished = new Set(results.map(resultName));
  for (const seed of seeds) {
    for (const cell of cells.filter((each) => wanted.includes(cellName(each)))) {
      if (finished.has(resultName({ ...cell, seed }))) continue;
      const result = await runCell(cell, seed, { data, cache, random });
      results.push(result);
      output.say(lineOf(result));
      await writeResults(out, results, random);
    }
  }
  const command = `npm run bench:weak-starts -- --data DIR --out FILE --seeds ${values.seeds}`;
  const summary = await writePage(out, results, { command, random });
  await output.result(summary, [`Results: ${out}`]);
  if (values.cache === undefined) await rm(cache, { recursive: true, force: true });
}

function lineOf(result: CellResult): string {
  const [start, after, all] = [result.start, result.after, result.all].map(
    ({ right, of }) => `${((100 * right) / of).toFixed(1)} %`,
  );
  return `${resultName(result)}: ${result.run.decision}, ${start} → ${after} (all: ${all}), ${result.cpuSeconds.toFixed(0)} s CPU`;
}
