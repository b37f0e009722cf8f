import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { cores } from './child.ts';
import { markdown } from './markdown.ts';
import { measureEmbeddings, measureTraining, type Place } from './measure.ts';
import { type Embedding, embeddingSchema, type Training, trainingSchema } from './measurement.ts';
import { fullPlan, type Measurement, quickPlan } from './plan.ts';
import { pythonEnvironment, pythonVersions } from './python-environment.ts';
import { summarise, targets } from './summarise.ts';

const usage = `npm run bench:trainer -- --data DIR --out FILE [--quick] [--only TEXT] [--again] [--python python3.11]

The embedded trainer beside scikit-learn on the same features: accuracy, calibration error, training time, prediction throughput,
memory; each measurement in a process of its own, on two cores. DIR holds clinc150/data_full.json and snips/. The script makes a
virtual environment with the pinned scikit-learn under node_modules/.cache. What FILE has already is not measured again.
--only takes the measurements whose name ("clinc150 n-grams ratchet 1") contains the text, --again takes them anew.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3.11' },
    help: { type: 'boolean', default: false },
  },
});

const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/ratchet-trainer', import.meta.url));

const resultsSchema = z.object({ trainings: z.array(trainingSchema), embeddings: z.array(embeddingSchema) });

const { output, run } = benchCommand(usage);
await run(values.help, bench);

async function bench(): Promise<void> {
  if (values.data === undefined || values.out === undefined) {
    throw new RatchetError('InvalidInput', 'Name the data and the file to write.', { mend: usage });
  }
  const out = resolve(values.out);
  const python = await pythonEnvironment(cacheFolder, values.python);
  const place: Place = { data: resolve(values.data), folder: cacheFolder, python };
  const versions = await pythonVersions(python);
  const { trainings, embeddings } = await readResults(out);
  const plan = (values.quick ? quickPlan : fullPlan).filter((measurement) => nameOf(measurement).includes(values.only));
  for (const measurement of plan) {
    const known = trainings.findIndex((one) => nameOf(one) === nameOf(measurement));
    if (known >= 0 && !values.again) continue;
    if (measurement.features !== 'n-grams') {
      const embedded = await measureEmbeddings(measurement, place);
      if (embedded !== null) {
        const before = embeddings.findIndex(({ corpus }) => corpus === embedded.corpus);
        embeddings.splice(before < 0 ? embeddings.length : before, before < 0 ? 0 : 1, embedded);
      }
    }
    const training = await measureTraining(measurement, place);
    if (known < 0) trainings.push(training);
    else trainings[known] = training;
    output.say(
      `${nameOf(training)}: ${training.accuracy.toFixed(4)}, ${training.trainSeconds.toFixed(1)} s, ${training.trainCpuSeconds.toFixed(1)} s CPU`,
    );
    await write(out, trainings, embeddings, versions);
  }
  await write(out, trainings, embeddings, versions);
  const rows = summarise(trainings, new SeededRandom());
  await output.result(rows, markdown(rows, embeddings, targets(rows, embeddings)));
}

function nameOf({ corpus, features, method, seed }: Omit<Measurement, 'corpus'> & { readonly corpus: string }): string {
  return `${corpus} ${features} ${method} ${seed}`;
}

async function readResults(file: string): Promise<{ trainings: Training[]; embeddings: Embedding[] }> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? { trainings: [], embeddings: [] } : resultsSchema.parse(JSON.parse(text));
}

async function write(
  out: string,
  trainings: readonly Training[],
  embeddings: readonly Embedding[],
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  const rows = summarise(trainings, new SeededRandom());
  const document = {
    benchmark: 'trainer',
    machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, used: cores, node: process.version },
    versions,
    configuration: defaultConfiguration('none'),
    targets: targets(rows, embeddings),
    summary: rows,
    embeddings,
    trainings,
  };
  await mkdir(dirname(out), { recursive: true });
  const temporary = join(dirname(out), '.trainer.tmp');
  await writeFile(temporary, `${JSON.stringify(document, null, 1)}\n`);
  await rename(temporary, out);
}
