import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Ended, ratchet, ratchetDone } from './kill-runs/command.ts';
import { contents, damages, runsOf, withWorkspace } from './kill-runs/inspect.ts';
import { createArgs, ingestArgs, makeMaterial, modelId, runArgs } from './kill-runs/material.ts';

const usage = `node bench/full-disk.ts [--seed 1]          (as root, on Linux: mounts a tmpfs below the temporary directory)

Runs the spam demo's traffic on disks with too little room, each larger than the one before, then on a read-only one. Each
time: how the command ends, how long it takes, what the record says; then the disk gets room, and the same command goes on.
One JSON object to stdout; the exit code is 1 when anything is wrong.`;

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
});
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

interface Trial {
  readonly name: string;
  readonly exitCode: number | null;
  readonly seconds: number;
  /** The last words on stderr. */
  readonly told: string;
  readonly lastStep: string;
  readonly retriesTold: number;
  readonly record: string;
  readonly exitCodeAfter: number | null;
  readonly problems: readonly string[];
}

if (values.help) say(usage);
else await main(Number(values.seed));

async function main(seed: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-disk-'));
  const disk = join(directory, 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1g', 'tmpfs', disk]);
  try {
    const material = await makeMaterial(directory, seed, 'none');
    const origin = join(directory, 'origin');
    await ratchetDone(createArgs(origin, material, seed, 'none'));
    await ratchetDone(ingestArgs(origin, material.traces));
    await cp(origin, join(directory, 'undisturbed'), { recursive: true });
    await ratchetDone(runArgs(join(directory, 'undisturbed'), seed), [0, 3]);
    const expected = JSON.stringify(await withWorkspace(join(directory, 'undisturbed'), (opened) => contents(opened)));
    const trials: Trial[] = [];
    for (const room of [100, 1_000, 3_000, 8_000]) trials.push(await fullDisk(room));
    trials.push(await readOnly());
    const problems = trials.flatMap((trial) => trial.problems.map((problem) => `${trial.name}: ${problem}`));
    process.stdout.write(`${JSON.stringify({ seed, trials, problems })}\n`);
    process.exitCode = problems.length === 0 ? 0 : 1;

    async function fullDisk(kilobytes: number): Promise<Trial> {
      const workspace = join(disk, `room-${kilobytes}`);
      await cp(origin, workspace, { recursive: true });
      const filler = join(disk, 'filler');
      const { bavail, bsize } = await statfs(disk);
      await writeFile(filler, new Uint8Array(Math.max(0, bavail * bsize - kilobytes * 1024)));
      const ended = await ratchet(runArgs(workspace, seed));
      await rm(filler);
      return report(`${kilobytes} kB free`, workspace, ended);
    }

    async function readOnly(): Promise<Trial> {
      const workspace = join(disk, 'read-only');
      await cp(origin, workspace, { recursive: true });
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const ended = await ratchet(runArgs(workspace, seed));
      execFileSync('mount', ['-o', 'remount,rw', disk]);
      return report('read-only', workspace, ended);
    }

    async function report(name: string, workspace: string, ended: Ended): Promise<Trial> {
      const problems = [...(await damages(workspace))];
      if (ended.exitCode === null || ended.exitCode === 0 || ended.exitCode === 3)
        problems.push('the run did not fail');
      if (/^\s+at /m.test(ended.stderr)) problems.push('a stack trace was shown');
      if (!ended.stderr.includes('StorageFailure')) problems.push('no StorageFailure was told');
      const record = await withWorkspace(workspace, async (opened) => {
        const lease = (await opened.ports.lineage.getControl(modelId))?.lease;
        if (lease && (await opened.ports.owners.stateOf(lease.owner)) !== 'gone')
          problems.push('somebody holds the lease');
        const run = (await runsOf(opened)).at(-1);
        return `${run?.status ?? 'no run'} ${run?.failure?.cause ?? ''}`.trim();
      });
      const after = await ratchet(runArgs(workspace, seed));
      if (JSON.stringify(await withWorkspace(workspace, (opened) => contents(opened))) !== expected)
        problems.push('another end');
      problems.push(...(await damages(workspace)));
      const steps = ended.stderr.split('\n').filter((line) => line.startsWith('✘'));
      const trial = {
        name,
        exitCode: ended.exitCode,
        seconds: Math.round(ended.milliseconds / 100) / 10,
        told: ended.stderr.trimEnd().split('\n').slice(-2).join(' '),
        lastStep: steps.at(-1)?.split(' — ')[0] ?? 'none',
        retriesTold: steps.filter((line) => line.includes('tried again')).length,
        record,
        exitCodeAfter: after.exitCode,
        problems,
      };
      say(`${name}: ${JSON.stringify(trial)}`);
      await rm(workspace, { recursive: true });
      return trial;
    }
  } finally {
    execFileSync('umount', ['-l', disk]);
    await rm(directory, { recursive: true, force: true });
  }
}
