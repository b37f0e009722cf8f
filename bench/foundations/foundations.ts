import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import type { Embedding, EncoderChoice } from '../../shared/adapters/backends/embedded/foundations/encoder.ts';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { type Labelled, loadClinc } from '../improvement/load-clinc.ts';
import { stopwatch } from '../trainer/stopwatch.ts';
import { markdown } from './markdown.ts';
import type { Score, Speed } from './score.ts';
import { accuracyOf } from './train-and-score.ts';

/**
 * Foundations of the embedded trainer beside one another: the share of right answers on CLINC150 from the same few
 * examples, drawn by the seed, and how many texts a CPU second each embeds.
 * `npm run bench:foundations -- --data DIR --out FILE [--foundation DIR[,variant] …] [--seeds 1,2,3] [--examples 10]`
 * `--texts FILE` takes other texts, lines of `{"text", "label"}`: those with too few of a label are left out.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    texts: { type: 'string' },
    out: { type: 'string' },
    foundation: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '1,2,3' },
    examples: { type: 'string', default: '10' },
    intents: { type: 'string', default: '30,150' },
  },
});
const { data, texts: file, out } = values;
if ((data ?? file) === undefined || out === undefined) {
  throw new Error('Say where the data is and where the page goes: --data DIR (or --texts FILE) --out FILE');
}
const numbers = (text: string): number[] => text.split(',').map(Number);
const [perLabel = 10] = numbers(values.examples);
const timed = 200;
const tested = { few: 30, many: 10 };

const rowSchema = z.object({ text: z.string(), label: z.string() });

/** Texts to learn from, to test by and to take times with; the same ones may stand in all three. */
interface Corpus {
  readonly labels: readonly string[];
  readonly train: readonly Labelled[];
  readonly test: readonly Labelled[];
  readonly val: readonly Labelled[];
}

interface Named extends Embedding {
  readonly name: string;
}

const folder = await mkdtemp(join(tmpdir(), 'ratchet-foundations-'));
const objects = new DirectoryObjectStore(join(folder, 'objects'));
const encoders = { cacheDirectory: join(folder, 'cache'), env: { HF_HUB_OFFLINE: '1' } };
const runtime = new EmbeddedRuntime({ objects, threads: 1, cacheDirectory: join(folder, 'cache'), encoders });
try {
  const corpus = file === undefined ? await loadClinc(data ?? '') : await loadTexts(file);
  const foundations = await all(values.foundation);
  const speeds: Speed[] = [];
  for (const one of foundations) if (one.foundation !== 'none') speeds.push(await speedOf(one, corpus));
  const scores: Score[] = [];
  for (const intents of numbers(values.intents)) {
    for (const seed of numbers(values.seeds)) {
      const { labels, train, test } = drawn(corpus, intents, seed);
      for (const { name, foundation, encoder } of foundations) {
        const request = { task: classificationTask(labels), train, test, seed };
        const configuration = defaultConfiguration(foundation, encoder);
        const accuracy = await accuracyOf({ ...request, configuration, name: `${name}-${intents}-${seed}` }, runtime);
        scores.push({ foundation: name, intents, seed, accuracy, tested: test.length });
        console.error(`${intents} intents, seed ${seed}, ${name}: ${(100 * accuracy).toFixed(1)} %`);
      }
    }
  }
  await writeFile(out, markdown({ scores, speeds, perLabel }));
} finally {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
}

async function all(given: readonly string[]): Promise<readonly Named[]> {
  const own: Named[] = [];
  for (const text of given) {
    const [path = '', variant] = text.split(',');
    const foundation = resolve(path);
    const choice = variant === undefined ? {} : { variant: variant as NonNullable<EncoderChoice['variant']> };
    const encoder = await runtime.pinEncoder(foundation, choice);
    own.push({ name: `${basename(foundation)}, ${encoder.variant}`, foundation, encoder });
  }
  return [{ name: 'n-grams alone', foundation: 'none' }, { name: 'USE-Lite', foundation: 'use-lite' }, ...own];
}

/** Texts of one file, without a division of their own: `drawn` makes one by the seed. */
async function loadTexts(path: string): Promise<Corpus> {
  const rows = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rowSchema.parse(JSON.parse(line)));
  const enough = [...Map.groupBy(rows, ({ label }) => label)].filter(([, own]) => own.length >= perLabel + tested.few);
  return { labels: enough.map(([label]) => label), train: rows, test: rows, val: rows };
}

/** Some intents, a few examples of each and up to 30 others of each for the test (of many intents, ten each). */
function drawn(
  corpus: Corpus,
  intents: number,
  seed: number,
): { labels: readonly string[]; train: readonly Labelled[]; test: readonly Labelled[] } {
  const random = new SeededRandom().stream(seed, `bench/foundations/${intents}`);
  const labels = random.shuffle(corpus.labels).slice(0, intents).toSorted();
  const of = (rows: readonly Labelled[], most: number) =>
    labels.flatMap((label) => random.shuffle(rows.filter((row) => row.label === label)).slice(0, most));
  const train = of(corpus.train, perLabel);
  const learnt = new Set(train);
  const others = corpus.test.filter((row) => !learnt.has(row));
  return { labels, train, test: of(others, intents > 50 ? tested.many : tested.few) };
}

/** Texts that no other part embeds, after a few that load the weights. */
async function speedOf(by: Named, corpus: Corpus): Promise<Speed> {
  const texts = corpus.val.slice(0, timed + 20).map(({ text }) => text);
  await runtime.embed(texts.slice(timed), by);
  const { result, cpuSeconds } = await stopwatch(() => runtime.embed(texts.slice(0, timed), by));
  return { foundation: by.name, width: result[0]?.length ?? 0, textsPerCpuSecond: timed / cpuSeconds };
}
