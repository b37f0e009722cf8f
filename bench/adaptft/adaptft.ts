import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitCodeOf } from '../../cli/exit-codes.ts';
import { createOutput } from '../../cli/output.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { prepare } from './arms/prepared.ts';
import { runUnit } from './arms/run-unit.ts';
import { type ArmName, ablatedArms, armNames, mainArms } from './arms/unit-result.ts';
import { type JudgeName, judgeNames } from './logs/judge.ts';
import { protocol, readUnits, type UnitId, unitName, writeUnit } from './results/unit-files.ts';
import { writeResults } from './results/write-results.ts';
import { ablatedScenarios, allScenarios, quickScenario, scenarios } from './scenarios/all-scenarios.ts';
import { entityScenarios } from './scenarios/entity-scenarios.ts';
import { hardScenarios } from './scenarios/hard-scenarios.ts';
import type { Scenario } from './scenarios/scenario.ts';

const usage = `npm run bench:adaptft -- --data DIR --out FILE [--quick] [--hard] [--scenarios a,b] [--seeds 11,12,13,14,15] [--arms a,b] [--judges random,systematic] [--jobs N] [--cache DIR]

AdaptFT-Bench for encoders: Ratchet and its rivals through four stages of deployment with 0, 15, 25 and 40 % poison, by the functions behind the
command line and the embedded trainer. FILE is one JSON with everything; beside it come a page of Markdown and a folder of charts of
the same name. DIR holds clinc150/ and snips/, and for entities
wnut17/ and crossner/, see docs/benchmarks/adaptft.md. What is finished is kept in FILE.units until the end, and passed
over when the command is given again. --quick: one scenario, one seed. --hard: the hard scenarios too. --cache keeps the embeddings for the next time.

scenarios: ${scenarios.map(({ name }) => name).join(', ')}
hard, run only when named or by --hard, and summed up apart: ${hardScenarios.map(({ name }) => name).join(', ')}
of entities, run only when named, and told apart: ${entityScenarios.map(({ name }) => name).join(', ')}
arms: ${armNames.join(', ')} (the last ${ablatedArms.length} in ${[...ablatedScenarios].join(' and ')} alone, unless named)`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    quick: { type: 'boolean', default: false },
    hard: { type: 'boolean', default: false },
    scenarios: { type: 'string' },
    seeds: { type: 'string' },
    arms: { type: 'string' },
    judges: { type: 'string' },
    jobs: { type: 'string' },
    cache: { type: 'string' },
    /** For the child: what is left to do of this scenario and seed. */
    child: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

interface Settings {
  readonly data: string;
  readonly out: string;
  readonly units: string;
  readonly cache: string;
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly judges: readonly JudgeName[];
  readonly jobs: number;
}

const random = new SeededRandom();
const output = createOutput(process, { json: false, debug: process.env.RATCHET_DEBUG === '1' });
try {
  // The channel tells a child when the process that started it is gone, even by SIGKILL.
  process.on('disconnect', () => process.exit(1));
  process.channel?.unref();
  if (values.help) await output.result({ usage }, [usage]);
  else if (values.child !== undefined) await runGroup(await readSettings(), values.child);
  else await bench(await readSettings());
} catch (error) {
  output.fault(error);
  process.exitCode = exitCodeOf(error);
}

async function readSettings(): Promise<Settings> {
  const seeds = (values.seeds ?? (values.quick ? '1' : '11,12,13,14,15')).split(',').map(Number);
  const jobs = Number(values.jobs ?? Math.min(2, availableParallelism()));
  if (values.data === undefined || values.out === undefined || !seeds.every(Number.isSafeInteger) || !(jobs >= 1)) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write, and whole numbers as seeds and jobs.', {
      mend: usage,
    });
  }
  const out = resolve(values.out);
  const cache =
    values.cache === undefined ? await mkdtemp(join(tmpdir(), 'ratchet-embeddings-')) : resolve(values.cache);
  await mkdir(cache, { recursive: true });
  return {
    data: values.data,
    out,
    units: `${out}.units`,
    cache,
    scenarios: chosenScenarios(),
    seeds,
    judges: chosen(values.judges, judgeNames, (name) => name),
    jobs,
  };
}

function chosen<T>(list: string | undefined, all: readonly T[], nameOf: (each: T) => string): readonly T[] {
  if (list === undefined) return all;
  return list.split(',').map((name) => {
    const found = all.find((each) => nameOf(each) === name);
    if (found !== undefined) return found;
    throw new RatchetError('InvalidInput', `There is no ${JSON.stringify(name.slice(0, 80))} here.`, { mend: usage });
  });
}

function chosenScenarios(): readonly Scenario[] {
  const list = values.scenarios ?? (values.quick ? quickScenario : undefined);
  const named = list === undefined ? scenarios : chosen(list, allScenarios, ({ name }) => name);
  return values.hard ? [...new Set([...named, ...hardScenarios])] : named;
}

function armsOf(scenario: Scenario): readonly ArmName[] {
  if (values.arms !== undefined) return chosen(values.arms, armNames, (name) => name);
  return ablatedScenarios.has(scenario.name) && !values.quick ? [...mainArms, ...ablatedArms] : mainArms;
}

function unitsOf(scenario: Scenario, seed: number, judges: readonly JudgeName[]): UnitId[] {
  return judges.flatMap((judge) => armsOf(scenario).map((arm) => ({ scenario: scenario.name, seed, judge, arm })));
}

async function bench(settings: Settings): Promise<void> {
  const finished = await readUnits(settings.units, settings.out);
  const groups = settings.seeds.flatMap((seed) =>
    settings.scenarios
      .filter((scenario) => unitsOf(scenario, seed, settings.judges).some((unit) => !finished.has(unitName(unit))))
      .map((scenario) => `${scenario.name}:${seed}`),
  );
  output.say(`${finished.size} units are finished; ${groups.length} pairs of scenario and seed have some left.`);
  const queue = Iterator.from(groups);
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await spawnGroup(next.value, settings);
  };
  await Promise.all(Array.from({ length: settings.jobs }, lane));
  const units = [...(await readUnits(settings.units, settings.out)).values()];
  const command = `npm run bench:adaptft -- ${commandOptions()}`;
  const { targets } = await writeResults({
    out: settings.out,
    command,
    units,
    scenarios,
    hard: hardScenarios,
    entities: entityScenarios,
    random,
  });
  const lines = targets.map(
    ({ name, wanted, measured, met }) => `${met ? 'met   ' : 'missed'} ${name}: ${measured} (wanted: ${wanted})`,
  );
  await output.result(targets, [...lines, `Results: ${settings.out}`]);
  await rm(settings.units, { recursive: true, force: true });
  if (values.cache === undefined) await rm(settings.cache, { recursive: true, force: true });
}

/** The options that say what was run, without this machine's paths. */
function commandOptions(): string {
  const { quick, hard, scenarios: some, seeds, arms, judges } = values;
  return [
    '--data DIR --out FILE',
    ...(quick ? ['--quick'] : []),
    ...(hard ? ['--hard'] : []),
    ...Object.entries({ scenarios: some, seeds, arms, judges }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${value}`],
    ),
  ].join(' ');
}

/** A group in a process of its own: a core each, and a fault ends no other group. */
async function spawnGroup(group: string, settings: Settings): Promise<void> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--cache', settings.cache, '--child', group],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const code = await new Promise<number | null>((done, failed) => {
    child.on('error', failed);
    child.on('exit', done);
  });
  if (code !== 0) throw new Error(`${group} ended with exit code ${code}`);
}

/** All units of a scenario and a seed that are not finished, one after the other; each is written as soon as it is. */
async function runGroup(settings: Settings, group: string): Promise<void> {
  const [name = '', seed = ''] = group.split(':');
  const scenario = allScenarios.find((each) => each.name === name);
  if (scenario === undefined) return;
  const finished = await readUnits(settings.units, settings.out);
  for (const judge of settings.judges) {
    const left = unitsOf(scenario, Number(seed), [judge]).filter((unit) => !finished.has(unitName(unit)));
    if (left.length === 0) continue;
    const prepared = await prepare(scenario, Number(seed), judge, settings.data, random);
    for (const unit of left) {
      const clock = performance.now();
      const cpu = process.cpuUsage();
      const result = await runUnit(unit.arm, prepared, settings.cache);
      const used = process.cpuUsage(cpu);
      await writeUnit(settings.units, { protocol, ...unit, cpuSeconds: (used.user + used.system) / 1e6, ...result });
      const last = result.stages.at(-1)?.scores;
      const seconds = ((performance.now() - clock) / 1_000).toFixed(1);
      output.say(`${unitName(unit)}: ${share(last?.clean)} clean, ${share(last?.noisy)} noisy, ${seconds} s`);
    }
  }
}

function share(score: { right: number; of: number } | undefined): string {
  return score === undefined ? '–' : `${((100 * score.right) / score.of).toFixed(1)} %`;
}
