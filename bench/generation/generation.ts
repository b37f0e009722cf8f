import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { settingValues } from '../../cli/setting-values.ts';
import { trainerOptions } from '../../cli/trainer-options.ts';
import { nearestBackEnd } from '../../shared/adapters/backends/nearest/facts.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { corpora } from './deals.ts';
import { markdown } from './markdown.ts';
import { type CorpusResult, corpusResultSchema, runCorpus } from './run-corpus.ts';

const usualTraces = '1500';

const usage = `npm run bench:generation -- --data DIR --out FILE [--corpora snips,gsm8k] [--seeds 1,2,3] [--traces 1500]
  [--trainer nearest] [--foundation DIR] [--trainer-option epochs=3 …] [--set maxIterations=1 …] [--first N] [--fresh N]

What one run brings a model that writes JSON (SNIPS) or solves problems (GSM8K) on fresh text, beside retraining on everything.
DIR holds snips/ and gsm8k/. FILE is one JSON; beside it comes a page of Markdown of the same name. FILE is written after each
run, and what it has is passed over when the command is given again; it may hold runs of several trainers. --first and --fresh say how many first examples (of each
intent for SNIPS) and fresh texts there are. hf-lora needs what "ratchet setup training" installs, and time: give it few of each.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    corpora: { type: 'string', default: corpora.map(({ name }) => name).join(',') },
    seeds: { type: 'string', default: '1,2,3' },
    traces: { type: 'string', default: usualTraces },
    trainer: { type: 'string', default: nearestBackEnd },
    foundation: { type: 'string' },
    'trainer-option': { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    first: { type: 'string' },
    fresh: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const { output, progress, run } = benchCommand(usage);
await run(values.help, bench);

async function bench(): Promise<void> {
  const seeds = values.seeds.split(',').map(Number);
  const traces = Number(values.traces);
  const [first, fresh] = [values.first, values.fresh].map((given) => (given === undefined ? undefined : Number(given)));
  const names = values.corpora.split(',');
  const wanted = corpora.filter(({ name }) => names.includes(name));
  if (
    values.data === undefined ||
    values.out === undefined ||
    wanted.length < names.length ||
    ![...seeds, traces, first ?? 1, fresh ?? 1].every(Number.isSafeInteger)
  ) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write, corpora, and whole numbers as seeds.', {
      mend: usage,
    });
  }
  const data = resolve(values.data);
  const out = resolve(values.out);
  const asked = {
    trainer: values.trainer,
    setup: setupOf(),
    trainerOptions: trainerOptions(values['trainer-option'], values.foundation),
    settings: settingValues(values.set),
  };
  const results = [...(await readResults(out))];
  for (const corpus of wanted) {
    for (const seed of seeds) {
      const isDone = (one: CorpusResult) =>
        one.corpus === corpus.name && one.seed === seed && one.asked === traces && one.setup === asked.setup;
      if (results.some(isDone)) continue;
      const result = await runCorpus(corpus, { seed, traces, data, first, fresh, ...asked }, progress);
      results.push(result);
      const { decision, before, after, all, cpuSeconds } = result;
      output.say(
        `${corpus.name} ${seed}: ${decision}, right ${before.right} → ${after.right} of ${after.of}, all ${all.right}, ${cpuSeconds.toFixed(0)} s CPU`,
      );
      await write(out, results);
    }
  }
  await write(out, results);
  await output.result({ results }, [`Results: ${out}`]);
}

/** What the command was given that changes its results, but for the folders of this machine. */
function setupOf(): string {
  const { trainer, foundation, first, fresh, traces } = values;
  return [
    ...(trainer === nearestBackEnd ? [] : [`--trainer ${trainer}`]),
    ...(foundation === undefined ? [] : ['--foundation DIR']),
    ...(first === undefined ? [] : [`--first ${first}`]),
    ...(traces === usualTraces ? [] : [`--traces ${traces}`]),
    ...(fresh === undefined ? [] : [`--fresh ${fresh}`]),
    ...values['trainer-option'].map((option) => `--trainer-option ${option}`),
    ...values.set.map((setting) => `--set ${setting}`),
  ].join(' ');
}

async function readResults(file: string): Promise<readonly CorpusResult[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : z.object({ results: z.array(corpusResultSchema) }).parse(JSON.parse(text)).results;
}

async function write(out: string, results: readonly CorpusResult[]): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify({ benchmark: 'generation', results }, null, 1)}\n`);
  const facts = {
    command: 'npm run bench:generation -- --data DIR --out FILE',
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`,
    versions: `Ratchet ${[...new Set(results.map(({ version }) => version))].join(', ')}, Node ${process.version}`,
  };
  const random = new SeededRandom().stream(1, 'generation/intervals');
  await writeFile(out.replace(/\.json$/, '.md'), markdown(results, facts, random));
}
