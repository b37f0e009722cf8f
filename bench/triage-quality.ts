import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openWorkspace } from '../cli/workspace.ts';
import { builtInFoundationSchema } from '../shared/adapters/backends/embedded/embedded-configuration.ts';
import { loadClinc } from './improvement/load-clinc.ts';
import { drawScenario } from './improvement/scenario.ts';
import { judges } from './triage-quality/judges.ts';
import { type Measured, measureTriage } from './triage-quality/measure-triage.ts';
import { table } from './triage-quality/table.ts';

const usage = `node bench/triage-quality.ts --data DIR [--seeds 1,2,3,4,5] [--foundation use-lite|none] [--json]

How well triage tells wrong judgements from right ones: CLINC150, 30 intents, a champion from 2 examples a label, 3,000 traces
judged by judges that err at random (0, 5, 10, 20 %) or by a rule; through the stages of the loop with the embedded trainer.
DIR holds clinc150/data_full.json of https://github.com/clinc/oos-eval.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    foundation: { type: 'string', default: 'use-lite' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const seeds = values.seeds.split(',').map(Number);
const foundation = builtInFoundationSchema.safeParse(values.foundation);

if (values.help) console.log(usage);
else if (values.data === undefined || !seeds.every(Number.isSafeInteger) || !foundation.success) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const results: Measured[] = [];
  for (const seed of seeds) results.push(...(await measureSeed(seed, values.data, foundation.data)));
  console.log(
    values.json ? JSON.stringify({ seeds, foundation: foundation.data, results }) : table(results).join('\n'),
  );
}

async function measureSeed(seed: number, data: string, using: 'use-lite' | 'none'): Promise<Measured[]> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-triage-'));
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    const random = workspace.ports.random.stream(seed, 'bench/triage-quality');
    const scenario = { name: 'triage', intents: 30, examplesPerLabel: 2, traces: [3000], target: 0 };
    const draw = drawScenario(scenario, await loadClinc(data), random);
    const results: Measured[] = [];
    for (const [at, judge] of judges.entries()) {
      const measured = await measureTriage({ judge, draw, seed, modelId: `model-${at}`, foundation: using }, workspace);
      console.error(
        `seed ${seed}, ${judge.name}: ${measured.found} of ${measured.wrong} wrong found, ${measured.suspects} suspects`,
      );
      results.push(measured);
    }
    return results;
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}
