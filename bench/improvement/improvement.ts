import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes } from '../../cli/exit-codes.ts';
import { openWorkspace } from '../../cli/workspace.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { type Clinc, loadClinc } from './load-clinc.ts';
import { runScenario, type SeedResult } from './run-scenario.ts';
import { drawScenario, quickScenarios, type Scenario, scenarios } from './scenario.ts';
import { markdown, summarise } from './summarise.ts';

const usage = `npm run bench:improvement -- --data DIR --out FILE [--seeds 11,12,13,14,15] [--scenarios A,B] [--cycles N] [--cache DIR] [--keep DIR] [--quick]

How much of the headroom one run recovers on fresh text, what it breaks, and what later runs do: CLINC150 through the
functions behind the command line. DIR holds clinc150/data_full.json. Seeds that FILE has already are not run again.
--cache keeps the embeddings for the next time, --keep the workspaces.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    seeds: { type: 'string', default: '11,12,13,14,15' },
    scenarios: { type: 'string' },
    cycles: { type: 'string' },
    cache: { type: 'string' },
    keep: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Settings {
  readonly data: string;
  readonly out: string;
  readonly seeds: readonly number[];
  readonly scenarios: readonly Scenario[];
  /** Embeddings, shared by all seeds. */
  readonly cache: string;
  /** Where the workspaces stay; null when they are removed. */
  readonly keep: string | null;
}

const { output, progress, run } = benchCommand(usage, { patienceMs: 5_000 });
await run(values.help, async () => bench(await readSettings()));

async function readSettings(): Promise<Settings> {
  const seeds = values.seeds.split(',').map(Number);
  const wanted = values.scenarios?.split(',');
  const cycles = Number(values.cycles ?? 3);
  if (values.data === undefined || values.out === undefined || !seeds.every(Number.isSafeInteger) || !(cycles >= 1)) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write and whole numbers as seeds.', {
      mend: usage,
    });
  }
  const cache =
    values.cache === undefined ? await mkdtemp(join(tmpdir(), 'ratchet-embeddings-')) : resolve(values.cache);
  await mkdir(cache, { recursive: true });
  return {
    data: values.data,
    out: resolve(values.out),
    seeds,
    scenarios: (values.quick ? quickScenarios : scenarios)
      .filter(({ name }) => wanted?.includes(name) !== false)
      .map((scenario) => ({ ...scenario, traces: scenario.traces.slice(0, cycles) })),
    cache,
    keep: values.keep === undefined ? null : resolve(values.keep),
  };
}

async function bench(settings: Settings): Promise<void> {
  const clinc = await loadClinc(settings.data);
  const results = await readResults(settings.out);
  for (const seed of settings.seeds) {
    for (const scenario of settings.scenarios) {
      if (results.some((known) => known.scenario === scenario.name && known.seed === seed)) continue;
      results.push(await measure(scenario, seed, clinc, settings));
      await write(results, clinc, settings);
    }
  }
  await write(results, clinc, settings);
  await output.result(results, markdown(summarise(results, settings.scenarios)));
  if (values.cache === undefined) await rm(settings.cache, { recursive: true, force: true });
  process.exitCode ??= exitCodes.done;
}

async function measure(scenario: Scenario, seed: number, clinc: Clinc, settings: Settings): Promise<SeedResult> {
  const draw = drawScenario(scenario, clinc, new SeededRandom().stream(seed, `improvement-${scenario.name}`));
  const directory =
    settings.keep === null
      ? await mkdtemp(join(tmpdir(), `ratchet-improvement-${scenario.name}-${seed}-`))
      : join(settings.keep, `${scenario.name}-${seed}`);
  await mkdir(directory, { recursive: true });
  await symlink(settings.cache, join(directory, 'cache'));
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    return await runScenario({ scenario, draw, seed }, workspace, progress);
  } finally {
    await workspace.close();
    if (settings.keep === null) await rm(directory, { recursive: true, force: true });
  }
}

async function readResults(file: string): Promise<SeedResult[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as { results: SeedResult[] }).results;
}

async function write(results: readonly SeedResult[], clinc: Clinc, settings: Settings): Promise<void> {
  const [cpu] = cpus();
  const document = {
    benchmark: 'improvement',
    data: {
      name: 'CLINC150, in-scope part',
      fresh: 'test split of the scenario’s intents, never ingested',
      traffic: 'train and val splits',
      removedFromTest: clinc.removedFromTest,
    },
    machine: { cpu: cpu?.model ?? '', cores: cpus().length, load: loadavg(), node: process.version },
    scenarios: settings.scenarios,
    summary: summarise(results, settings.scenarios),
    results,
  };
  await writeFile(`${settings.out}.tmp`, `${JSON.stringify(document, null, 2)}\n`);
  await rename(`${settings.out}.tmp`, settings.out);
}
