import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ratchet, ratchetDone } from './command.ts';
import { contents, damages, logDigest, withWorkspace } from './inspect.ts';
import type { Setting } from './kill-improvement.ts';

export interface KilledCommands {
  readonly kills: number;
  readonly trials: number;
  /** Of the undisturbed command. */
  readonly seconds: number;
  /** Exit codes of the command that was let to end, by how often. */
  readonly exitCodes: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

export interface KilledCommand {
  /** Directory of the workspace that each trial begins with; null for none. */
  readonly origin: string | null;
  args(workspace: string): string[];
  /** Exit codes that the command may end with after a kill. */
  readonly exitCodes: readonly number[];
}

/** Kills a command at random moments, gives it again until it ends, and compares what is in the workspace then. */
export async function killCommands(
  { directory, random, say }: Setting,
  name: string,
  command: KilledCommand,
  wanted: number,
): Promise<KilledCommands> {
  const undisturbed = await begin(command, join(directory, `${name}-undisturbed`));
  const { milliseconds } = await ratchetDone(command.args(undisturbed));
  const expected = await stateOf(undisturbed);
  const problems: string[] = [];
  const exitCodes: Record<string, number> = {};
  let kills = 0;
  let trials = 0;
  for (; kills < wanted; trials += 1) {
    const workspace = await begin(command, join(directory, `${name}-${trials}`));
    const planned = Math.min(wanted - kills, 1 + random.below(3));
    let killed = 0;
    let ended = await ratchet(command.args(workspace), { killAfterMs: random.next() * milliseconds });
    while (ended.exitCode === null) {
      killed += 1;
      const kill = killed < planned ? { killAfterMs: random.next() * milliseconds } : {};
      ended = await ratchet(command.args(workspace), kill);
    }
    kills += killed;
    const code = String(ended.exitCode);
    exitCodes[code] = (exitCodes[code] ?? 0) + 1;
    const found = [...(await damages(workspace))];
    if (!command.exitCodes.includes(ended.exitCode)) found.push(`exit ${code}: ${ended.stderr.slice(-500)}`);
    const state = await stateOf(workspace);
    if (!isDeepStrictEqual(state, expected)) found.push(`another state: ${JSON.stringify(state)}`);
    say(`${name} ${trials}: ${kills} of ${wanted} kills so far; ${found.length === 0 ? 'same end' : found.join('; ')}`);
    problems.push(...found.map((text) => `${name} ${trials}: ${text}`));
    if (found.length === 0) await rm(workspace, { recursive: true });
  }
  return { kills, trials, seconds: Math.round(milliseconds / 100) / 10, exitCodes, problems };
}

async function begin({ origin }: KilledCommand, workspace: string): Promise<string> {
  if (origin !== null) await cp(origin, workspace, { recursive: true });
  return workspace;
}

function stateOf(directory: string): Promise<unknown> {
  return withWorkspace(directory, async (workspace) => ({
    ...(await contents(workspace)),
    log: await logDigest(workspace),
  }));
}
