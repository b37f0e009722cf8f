/**
 * What naming clusters of unlabelled texts gives, beside labelled examples: ten intents of CLINC150, of which a person names
 * each cluster by what most of its texts are about.
 * Usage: node bench/cold-start.ts --data /path/to/clinc150 [--seeds 1,2,3] [--clusters 30]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openWorkspace } from '../cli/library.ts';
import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import { proposeClusters } from '../shared/domain/cold-start/propose-clusters.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    seeds: { type: 'string', default: '1,2,3' },
    clusters: { type: 'string', default: '30' },
  },
});
const rows = z.array(z.tuple([z.string(), z.string()]));
const { train, test } = z
  .object({ train: rows, test: rows })
  .parse(JSON.parse(await readFile(join(values.data, 'data_full.json'), 'utf8')));

type Labelled = readonly { readonly input: string; readonly output: string }[];

async function accuracy(examples: Labelled, asked: Labelled): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-cold-start-'));
  const workspace = await openWorkspace(join(folder, 'w'), { create: true });
  try {
    const file = join(folder, 'examples.jsonl');
    await writeFile(file, examples.map((example) => `${JSON.stringify(example)}\n`).join(''));
    await workspace.createModel('intents', { examples: file });
    const answers = await workspace.predict(
      'intents',
      asked.map(({ input }) => input),
    );
    return (
      answers.filter(({ output }, at) => JSON.stringify(output) === JSON.stringify(asked[at]?.output)).length /
      asked.length
    );
  } finally {
    await workspace.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function mostFrequent(labels: readonly string[]): string {
  const counts = Map.groupBy(labels, (label) => label);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}

for (const seed of values.seeds.split(',').map(Number)) {
  const random = new SeededRandom().stream(seed, 'cold start');
  const intents = new Set(random.shuffle([...new Set(train.map(([, intent]) => intent))].sort()).slice(0, 10));
  const of = (from: typeof train): Labelled =>
    from.filter(([, intent]) => intents.has(intent)).map(([input, output]) => ({ input, output }));
  const [labelled, asked] = [random.shuffle(of(train)), of(test)];
  const truth = new Map(labelled.map(({ input, output }) => [input, output]));
  const clusters = proposeClusters(
    labelled.map(({ input }) => input),
    Number(values.clusters),
  );
  const named = clusters.flatMap(({ inputs }) => {
    const output = mostFrequent(inputs.map((input) => truth.get(input) ?? ''));
    return inputs.map((input) => ({ input, output }));
  });
  const right = named.filter(({ input, output }) => truth.get(input) === output).length / named.length;
  const few = labelled.slice(0, clusters.length);
  console.log(
    `seed ${seed}: ${clusters.length} clusters named, ${(100 * right).toFixed(1)} % of their texts rightly; fresh texts right: ` +
      `${(100 * (await accuracy(named, asked))).toFixed(1)} %, with as many texts labelled as clusters named ${(100 * (await accuracy(few, asked))).toFixed(1)} %, ` +
      `with all ${labelled.length} labelled ${(100 * (await accuracy(labelled, asked))).toFixed(1)} %`,
  );
}
