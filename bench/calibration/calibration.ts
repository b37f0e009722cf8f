import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { calibrated, fitCalibration } from '../../shared/domain/evaluation/calibration.ts';
import type { Labelled } from '../improvement/load-clinc.ts';
import { corpora } from '../trainer/corpora.ts';
import { pythonEnvironment, pythonVersions } from '../trainer/python-environment.ts';
import { calibrationPage, type Measured } from './markdown.ts';
import { metricsOf } from './metrics.ts';

/**
 * Ratchet's calibration beside scikit-learn's on the same folds: docs/benchmarks/calibration.md.
 * `npm run bench:calibration -- --data DIR [--seeds 1,2,3,4,5] [--cache DIR] [--python python3]`
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    cache: { type: 'string', default: join(tmpdir(), 'ratchet-calibration') },
    python: { type: 'string', default: 'python3' },
  },
});
if (values.data === undefined) throw new Error('Name the folder of the data sets: --data DIR');

/** Labels drawn by lot, examples of each that train, and test texts: few, so that the classifier errs. */
const sets = [
  { name: 'clinc150', of: corpora.clinc150, labels: 20, perLabel: 20, tested: 4_000 },
  { name: 'snips', of: corpora.snips, labels: 7, perLabel: 20, tested: 4_000 },
] as const;

const answer = z.object({ label: z.string(), confidence: z.number(), right: z.boolean() });
const resultSchema = z.object({
  outOfFold: z.array(answer),
  raw: z.array(answer),
  sigmoid: z.array(answer),
  isotonic: z.array(answer),
});

const program = await pythonEnvironment(values.cache, values.python);
const measured: Measured[] = [];
for (const { name, of, labels, perLabel, tested } of sets) {
  for (const seed of values.seeds.split(',').map(Number)) {
    const { train, test } = await of(values.data);
    const random = new SeededRandom().stream(seed, `calibration ${name}`);
    const pool = shuffled([...train, ...test], () => random.next());
    const byLabel = [...Map.groupBy(pool, ({ label }) => label).values()].slice(0, labels);
    const trained = byLabel.flatMap((own) => own.slice(0, perLabel));
    const rest = shuffled(
      byLabel.flatMap((own) => own.slice(perLabel)),
      () => random.next(),
    ).slice(0, tested);
    const found = await calibrateWith(program, { train: pairs(trained), test: pairs(rest), seed, c: 10 });
    const map = fitCalibration(found.outOfFold.map((one, at) => ({ ...one, id: String(at) })));
    const own = found.raw.map((one) => ({ ...one, confidence: calibrated(map, one.label, one.confidence) }));
    const ways = { 'as given': found.raw, Ratchet: own, sigmoid: found.sigmoid, isotonic: found.isotonic };
    for (const [way, answers] of Object.entries(ways)) measured.push({ set: name, seed, way, ...metricsOf(answers) });
    console.log(`${name}, seed ${seed}`);
  }
}
const page = calibrationPage(measured, await pythonVersions(program));
await writeFile(new URL('../../docs/benchmarks/calibration.md', import.meta.url), page);

function pairs(rows: readonly Labelled[]): readonly (readonly [string, string])[] {
  return rows.map(({ text, label }) => [text, label]);
}

function shuffled<T>(rows: readonly T[], next: () => number): T[] {
  return rows
    .map((row) => ({ row, by: next() }))
    .sort((a, b) => a.by - b.by)
    .map(({ row }) => row);
}

async function calibrateWith(python: string, given: object): Promise<z.infer<typeof resultSchema>> {
  const child = spawn(python, [fileURLToPath(new URL('./calibrate.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(given));
  const [result, [code]] = await Promise.all([json(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`Python ended with ${code}.`);
  return resultSchema.parse(result);
}
