import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { loadClinc } from '../improvement/load-clinc.ts';
import { loadSnips } from './load-snips.ts';
import { measureQuality, type Quality } from './measure-quality.ts';
import { manyTexts, measureSpeed, type Speed } from './measure-speed.ts';
import { propagationPage } from './page.ts';

const usage = `npm run bench:propagation -- --data DIR [--seeds 1,2,3] [--judged 1000,4000] [--texts 100000,1000000] [--out FILE]

How right and how far corrections propagate, by a fitted threshold and by a fixed one, and how fast. --judged says how many traces the threshold is fitted by. DIR holds
clinc150/data_full.json of https://github.com/clinc/oos-eval and snips/*.json of https://github.com/sonos/nlu-benchmark.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    judged: { type: 'string', default: '1000,4000' },
    texts: { type: 'string', default: '100000,1000000' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const thresholds = [0.5, 0.6, 0.8];

function numbersOf(written: string): readonly number[] {
  return written
    .split(',')
    .filter((one) => one !== '')
    .map(Number);
}

if (values.help) console.log(usage);
else if (values.data === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const random = new SeededRandom();
  const clinc = await loadClinc(values.data);
  const sets = [
    { name: 'CLINC150', texts: [...clinc.train, ...clinc.val, ...clinc.test] },
    { name: 'SNIPS', texts: await loadSnips(values.data) },
  ];
  const quality: {
    readonly set: string;
    readonly judged: number;
    readonly seed: number;
    readonly all: readonly Quality[];
  }[] = [];
  for (const { name, texts } of sets) {
    for (const judged of numbersOf(values.judged)) {
      for (const seed of numbersOf(values.seeds)) {
        const all = await measureQuality(texts, judged, random.stream(seed, `${name} ${judged}`));
        quality.push({ set: name, judged, seed, all });
        console.error(name, judged, seed, JSON.stringify(all));
      }
    }
  }
  const speed: Speed[] = [];
  for (const count of numbersOf(values.texts)) {
    const stream = random.stream(1, `speed ${count}`);
    const texts = manyTexts(
      clinc.train.map(({ text }) => text),
      count,
      stream,
    );
    speed.push(...measureSpeed(texts, thresholds, stream));
  }
  const page = propagationPage(quality, speed);
  if (values.out === undefined) console.log(page);
  else await writeFile(values.out, page);
}
