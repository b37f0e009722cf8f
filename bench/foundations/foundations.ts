import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import type { Embedding, EncoderChoice } from '../../shared/adapters/backends/embedded/foundations/encoder.ts';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { type Clinc, type Labelled, loadClinc } from '../improvement/load-clinc.ts';
import { stopwatch } from '../trainer/stopwatch.ts';
import { markdown } from './markdown.ts';
import type { Score, Speed } from './score.ts';
import { accuracyOf } from './train-and-score.ts';

/**
 * Foundations of the embedded trainer beside one another: the share of right answers on CLINC150 from the same few
 * examples, drawn by the seed, and how many texts a CPU second each embeds.
 * `npm run bench:foundations -- --data DIR --out FILE [--foundation DIR[,variant] …] [--seeds 1,2,3] [--examples 10]`
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    foundation: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '1,2,3' },
    examples: { type: 'string', default: '10' },
    intents: { type: 'string', default: '30,150' },
  },
});
if (values.data === undefined || values.out === undefined) {
  throw new Error('Say where the data is and where the page goes: --data DIR --out FILE');
}
const numbers = (text: string): number[] => text.split(',').map(Number);
const [perLabel = 10] = numbers(values.examples);
const timed = 200;

interface Named extends Embedding {
  readonly name: string;
}

const folder = await mkdtemp(join(tmpdir(), 'ratchet-foundations-'));
const objects = new DirectoryObjectStore(join(folder, 'objects'));
const encoders = { cacheDirectory: join(folder, 'cache'), env: { HF_HUB_OFFLINE: '1' } };
const runtime = new EmbeddedRuntime({ objects, threads: 1, cacheDirectory: join(folder, 'cache'), encoders });
try {
  const clinc = await loadClinc(values.data);
  const foundations = await all(values.foundation);
  const speeds: Speed[] = [];
  for (const one of foundations) if (one.foundation !== 'none') speeds.push(await speedOf(one, clinc));
  const scores: Score[] = [];
  for (const intents of numbers(values.intents)) {
    for (const seed of numbers(values.seeds)) {
      const { labels, train, test } = drawn(clinc, intents, seed);
      for (const { name, foundation, encoder } of foundations) {
        const request = { task: classificationTask(labels), train, test, seed };
        const configuration = defaultConfiguration(foundation, encoder);
        const accuracy = await accuracyOf({ ...request, configuration, name: `${name}-${intents}-${seed}` }, runtime);
        scores.push({ foundation: name, intents, seed, accuracy, tested: test.length });
        console.error(`${intents} intents, seed ${seed}, ${name}: ${(100 * accuracy).toFixed(1)} %`);
      }
    }
  }
  await writeFile(values.out, markdown({ scores, speeds, perLabel }));
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

/** Some intents, a few examples of each and all the test's texts of theirs (of many intents, ten each). */
function drawn(
  clinc: Clinc,
  intents: number,
  seed: number,
): { labels: readonly string[]; train: readonly Labelled[]; test: readonly Labelled[] } {
  const random = new SeededRandom().stream(seed, `bench/foundations/${intents}`);
  const labels = random.shuffle(clinc.labels).slice(0, intents).toSorted();
  const of = (rows: readonly Labelled[], most: number) =>
    labels.flatMap((label) => random.shuffle(rows.filter((row) => row.label === label)).slice(0, most));
  return { labels, train: of(clinc.train, perLabel), test: of(clinc.test, intents > 50 ? 10 : 30) };
}

/** Texts that no other part embeds, after a few that load the weights. */
async function speedOf(by: Named, clinc: Clinc): Promise<Speed> {
  const texts = clinc.val.slice(0, timed + 20).map(({ text }) => text);
  await runtime.embed(texts.slice(timed), by);
  const { result, cpuSeconds } = await stopwatch(() => runtime.embed(texts.slice(0, timed), by));
  return { foundation: by.name, width: result[0]?.length ?? 0, textsPerCpuSecond: timed / cpuSeconds };
}
