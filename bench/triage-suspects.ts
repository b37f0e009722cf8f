import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import { prepare } from './adaptft/arms/prepared.ts';
import { type JudgeName, judgeNames } from './adaptft/logs/judge.ts';
import { scenarios } from './adaptft/scenarios/all-scenarios.ts';
import type { Scenario } from './adaptft/scenarios/scenario.ts';
import { collect, type Lineage } from './triage-suspects/collect.ts';
import { keep, readKept } from './triage-suspects/keep.ts';
import { count, findIn } from './triage-suspects/measure.ts';
import { type Measured, tables } from './triage-suspects/table.ts';

const usage = `npm run bench:suspects -- --data DIR [--seeds 21,22] [--scenarios a,b] [--keep DIR]

How well triage tells wrong labels from right ones in the logs of AdaptFT-Bench: after each stage, all logs so far, by two passes of
five fold models. DIR holds clinc150/ and snips/, see docs/benchmarks/adaptft.md. --keep: what models say is kept there, so that
the next time only triage itself is measured.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '21,22' },
    scenarios: { type: 'string' },
    keep: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const seeds = values.seeds.split(',').map(Number);
const chosen = scenarios.filter(({ name }) => values.scenarios?.split(',').includes(name) ?? true);

if (values.help) console.log(usage);
else if (values.data === undefined || !seeds.every(Number.isSafeInteger) || chosen.length === 0) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const directory = values.keep === undefined ? await mkdtemp(join(tmpdir(), 'ratchet-kept-')) : resolve(values.keep);
  try {
    console.log((await measure(values.data, directory)).join('\n'));
  } finally {
    if (values.keep === undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function measure(data: string, directory: string): Promise<string[]> {
  const results: Measured[] = [];
  for (const scenario of chosen)
    for (const seed of seeds)
      for (const judge of judgeNames)
        for (const lineage of await lineagesOf(scenario, seed, judge, data, directory))
          results.push({
            scenario: scenario.name,
            judge,
            seed,
            stage: lineage.stage,
            ...count(findIn(lineage)),
          });
  return tables(results);
}

async function lineagesOf(
  scenario: Scenario,
  seed: number,
  judge: JudgeName,
  data: string,
  directory: string,
): Promise<Lineage[]> {
  const name = `${scenario.name}-${seed}-${judge}`;
  const kept = await readKept(directory, name);
  if (kept !== null) return kept;
  const embeddings = join(directory, 'embeddings');
  await mkdir(embeddings, { recursive: true });
  const prepared = await prepare(scenario, seed, judge, data, new SeededRandom());
  const collected: Lineage[] = [];
  for await (const lineage of collect(prepared, embeddings)) collected.push(lineage);
  await keep(directory, name, collected);
  console.error(name);
  return collected;
}
