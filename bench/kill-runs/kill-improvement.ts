import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { RandomStream } from '../../shared/ports/random.ts';
import { type Ended, ratchet, ratchetDone } from './command.ts';
import { type Contents, completedStages, contents, damages, runsOf, withWorkspace } from './inspect.ts';
import { createArgs, ingestArgs, type Material, modelId, runArgs } from './material.ts';

export interface Setting {
  readonly directory: string;
  readonly material: Material;
  readonly seed: number;
  readonly foundation: string;
  readonly random: RandomStream;
  readonly say: (text: string) => void;
}

export interface KilledRuns {
  readonly kills: number;
  readonly trials: number;
  /** Of the undisturbed run. */
  readonly seconds: number;
  readonly decision: string;
  /** Kills by the state that was the last to begin. */
  readonly killedIn: Readonly<Record<string, number>>;
  /** Completed stages found at a restart, all of which were passed over. */
  readonly passedOver: number;
  readonly problems: readonly string[];
}

const resultSchema = z.object({
  run: z.string(),
  decision: z.string(),
  champion: z.string(),
  scores: z.unknown(),
  gain: z.unknown(),
  memory: z.unknown(),
});

interface Outcome {
  readonly decision: string;
  readonly scores: unknown;
  readonly gain: unknown;
  readonly memory: unknown;
  readonly contents: Contents;
}

const mostKillsOfOneRun = 4;

/** Kills runs at random moments until there were so many kills; each run goes on to its end, and is compared. */
export async function killRuns(setting: Setting, wanted: number): Promise<KilledRuns> {
  const { directory, material, seed, foundation, random, say } = setting;
  const origin = join(directory, 'origin');
  await ratchetDone(createArgs(origin, material, seed, foundation));
  await ratchetDone(ingestArgs(origin, material.traces));
  const undisturbed = await copyOf(origin, join(directory, 'undisturbed'));
  const first = await ratchetDone(runArgs(undisturbed, seed), [0, 3]);
  const expected = await outcomeOf(undisturbed, first);
  say(`The undisturbed run took ${(first.milliseconds / 1000).toFixed(1)} s: ${expected.decision}`);

  const killedIn: Record<string, number> = {};
  const problems: string[] = [];
  let kills = 0;
  let passedOver = 0;
  let trials = 0;
  for (; kills < wanted; trials += 1) {
    const workspace = await copyOf(origin, join(directory, `run-${trials}`));
    const planned = Math.min(wanted - kills, 1 + random.below(mostKillsOfOneRun));
    const found: string[] = [];
    let last: Ended | undefined;
    for (let attempt = 0; ; attempt += 1) {
      const before = await stagesDone(workspace);
      const kill = attempt < planned ? { killAfterMs: random.next() * first.milliseconds } : {};
      last = await ratchet(runArgs(workspace, seed), kill);
      const overByName = passedOverIn(last);
      passedOver += [...overByName.values()].reduce((sum, times) => sum + times, 0);
      if (last.exitCode !== null) {
        const missed = [...before].filter(([stage, times]) => (overByName.get(stage) ?? 0) < times);
        found.push(...missed.map(([stage]) => `${stage} was complete and was not passed over`));
        break;
      }
      kills += 1;
      const stage = lastStage(last.stderr);
      killedIn[stage] = (killedIn[stage] ?? 0) + 1;
      found.push(...(await damages(workspace)));
      if (await hasEnded(workspace)) break;
    }
    found.push(...(await damages(workspace)), ...(await differences(workspace, last, expected)));
    say(`Run ${trials}: ${kills} of ${wanted} kills so far; ${found.length === 0 ? 'same end' : found.join('; ')}`);
    problems.push(...found.map((text) => `run ${trials}: ${text}`));
    if (found.length === 0) await rm(workspace, { recursive: true });
  }
  const seconds = Math.round(first.milliseconds / 100) / 10;
  return { kills, trials, seconds, decision: expected.decision, killedIn, passedOver, problems };
}

async function copyOf(origin: string, copy: string): Promise<string> {
  await cp(origin, copy, { recursive: true });
  return copy;
}

type Times = ReadonlyMap<string, number>;

/** Completed stages of the newest run, by name and item; a stage of several iterations counts several times. */
async function stagesDone(directory: string): Promise<Times> {
  return withWorkspace(directory, async (workspace) => {
    const run = (await runsOf(workspace)).at(-1);
    return countNames(run === undefined ? [] : await completedStages(workspace, run.runId));
  });
}

function passedOverIn({ stderr }: Ended): Times {
  return countNames(
    stderr.split('\n').flatMap((line) => /^✔ (?<name>.+) — done before/.exec(line)?.groups?.name ?? []),
  );
}

function countNames(names: readonly string[]): Times {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, group]) => [name, group.length]));
}

function hasEnded(directory: string): Promise<boolean> {
  return withWorkspace(directory, async (workspace) => (await runsOf(workspace)).at(-1)?.status === 'finished');
}

function lastStage(log: string): string {
  const started = log.split('\n').filter((line) => line.startsWith('• ') || line.startsWith('✔ '));
  return started.at(-1)?.split(' ')[1] ?? 'start';
}

async function outcomeOf(directory: string, ended: Ended | null): Promise<Outcome> {
  return withWorkspace(directory, async (workspace) => {
    const run = (await runsOf(workspace)).at(-1);
    const recorded = await workspace.ports.objects.get(
      `runs/${modelId}/${run?.runId ?? ''}/0/write-report/all/completed.json`,
    );
    const text = ended?.stdout || JSON.stringify(JSON.parse(new TextDecoder().decode(recorded)).output);
    const { decision, scores, gain, memory } = resultSchema.parse(JSON.parse(text));
    return { decision, scores, gain, memory, contents: await contents(workspace) };
  });
}

async function differences(directory: string, ended: Ended, expected: Outcome): Promise<readonly string[]> {
  const found: string[] = [];
  if (ended.exitCode !== null && ended.exitCode !== 0 && ended.exitCode !== 3) {
    return [`the run ended with ${ended.exitCode}: ${ended.stderr.slice(-500)}`];
  }
  const outcome = await outcomeOf(directory, ended.exitCode === null ? null : ended);
  for (const part of ['decision', 'scores', 'gain', 'memory'] as const) {
    if (!isDeepStrictEqual(outcome[part], expected[part]))
      found.push(`another ${part}: ${JSON.stringify(outcome[part])}`);
  }
  for (const part of Object.keys(expected.contents) as (keyof Contents)[]) {
    if (!isDeepStrictEqual(outcome.contents[part], expected.contents[part])) {
      found.push(`another ${part}: ${JSON.stringify(outcome.contents[part])}`);
    }
  }
  await withWorkspace(directory, async (workspace) => {
    const runs = await runsOf(workspace);
    if (runs.length !== 1) found.push(`${runs.length} runs instead of one`);
    if (runs.at(-1)?.status !== 'finished') found.push(`the run's record says ${runs.at(-1)?.status}`);
    const lease = (await workspace.ports.lineage.getControl(modelId))?.lease;
    const gone =
      lease === null || lease === undefined || (await workspace.ports.owners.stateOf(lease.owner)) === 'gone';
    if (!gone) found.push(`${lease.owner} holds the lease`);
    if (lease !== null && ended.exitCode !== null) found.push('the lease was not given back');
  });
  return found;
}
