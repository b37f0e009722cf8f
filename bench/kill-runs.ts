import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import { killCommands } from './kill-runs/kill-commands.ts';
import { killRuns } from './kill-runs/kill-improvement.ts';
import { createArgs, ingestArgs, makeMaterial } from './kill-runs/material.ts';

const usage = `node bench/kill-runs.ts [--kills 50] [--command-kills 20] [--seed 1] [--foundation none|use-lite] [--keep]

Kills runs of the spam demo's size with SIGKILL at random moments, uniform over a run's duration, takes each up again until
it ends, and compares it with the undisturbed run. Then does the same to ratchet create and ratchet ingest. Progress goes
to stderr, one JSON object to stdout; the exit code is 1 when anything differs. --keep leaves the workspaces there.`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    'command-kills': { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    foundation: { type: 'string', default: 'none' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

if (values.help) say(usage);
else await main();

async function main(): Promise<void> {
  const seed = Number(values.seed);
  const { foundation } = values;
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-kills-'));
  try {
    say(`Making the material in ${directory}`);
    const material = await makeMaterial(directory, seed, foundation);
    const random = new SeededRandom().stream(seed, 'kill-runs');
    const setting = { directory, material, seed, foundation, random, say };
    const runs = await killRuns(setting, Number(values.kills));
    const commandKills = Number(values['command-kills']);
    const create = await killCommands(
      setting,
      'create',
      {
        origin: null,
        args: (workspace) => createArgs(workspace, material, seed, foundation),
        // 2, ModelExists: the kill came when all was written.
        exitCodes: [0, 2],
      },
      commandKills,
    );
    const ingest = await killCommands(
      setting,
      'ingest',
      {
        origin: join(directory, 'create-undisturbed'),
        args: (workspace) => ingestArgs(workspace, material.manyTraces),
        exitCodes: [0],
      },
      commandKills,
    );
    const problems = [...runs.problems, ...create.problems, ...ingest.problems];
    process.stdout.write(`${JSON.stringify({ seed, foundation, runs, create, ingest, problems: problems.length })}\n`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    if (!values.keep) await rm(directory, { recursive: true, force: true });
  }
}
