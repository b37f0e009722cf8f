import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ProcessOwners } from '../../../cli/process-owners.ts';

const source = new URL('../../../cli/process-owners.ts', import.meta.url);
const tellsItsName = `import { ProcessOwners } from '${source}'; console.log(new ProcessOwners().self); setInterval(() => {}, 1e6)`;

/** Begins a process that numbers processes anew, as in a container of the same name. */
const asInContainer = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const hasContainers = spawnSync('unshare', [...asInContainer.slice(1), 'true']).status === 0;

/** A living process, and how it names itself. */
async function another(before: readonly string[] = []) {
  const [command = '', ...args] = [...before, process.execPath, '--input-type=module', '-e', tellsItsName];
  const child = spawn(command, args);
  const [line] = await once(child.stdout, 'data');
  return { child, name: String(line).trim() };
}

describe('ProcessOwners', () => {
  const owners = new ProcessOwners();
  const [host] = owners.self.split(':');

  test('knows a process that works by its number and its start, until it has ended', async () => {
    const { child, name } = await another();
    try {
      expect(await owners.stateOf(name)).toBe('running');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(await owners.stateOf(name)).toBe('gone');
  });

  test('takes no living process for the owner that had its number before', async () => {
    const { child, name } = await another();
    try {
      expect(await owners.stateOf(name.replace(/-[0-9a-f]+$/, '-00000000'))).toBe('gone');
      expect(await owners.stateOf(name.replace(/-[0-9a-f]+$/, ''))).toBe('unknown');
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.skipIf(process.platform === 'win32')(
    'knows that a process is gone whose parent never asks how it ended',
    async () => {
      // The shell begins the process, then becomes one that waits for no child.
      const parent = spawn('sh', [
        '-c',
        '"$0" --input-type=module -e "$1" & exec sleep 600',
        process.execPath,
        tellsItsName,
      ]);
      try {
        const [line] = await once(parent.stdout, 'data');
        const name = String(line).trim();
        const pid = Number(name.split(':')[1]);
        expect(await owners.stateOf(name)).toBe('running');
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => owners.stateOf(name)).toBe('gone');
        // It is there all the same.
        expect(process.kill(pid, 0)).toBe(true);
        expect(await owners.stateOf(name.replace(/-[0-9a-f]+$/, ''))).toBe('gone');
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  test('knows nothing of itself, of another machine, or of a stranger', async () => {
    expect(await owners.stateOf(owners.self)).toBe('unknown');
    expect(await owners.stateOf('elsewhere:999999:00')).toBe('unknown');
    expect(await owners.stateOf('something else')).toBe('unknown');
    expect(await owners.stateOf(`${host}:${process.pid}:other`)).toBe('unknown');
  });

  test.skipIf(!hasContainers)('knows nothing of a process in a container, whatever its number is', async () => {
    const [one, other] = await Promise.all([another(asInContainer), another(asInContainer)]);
    try {
      const names = [one.name, other.name];
      expect(names.map((name) => name.split(':')[1])).toEqual(['1', '1']);
      expect(new Set(names.map((name) => name.split(':')[0])).size).toBe(2);
      for (const name of names) expect(await owners.stateOf(name)).toBe('unknown');
    } finally {
      one.child.kill('SIGKILL');
      other.child.kill('SIGKILL');
    }
  });

  test('knows that an earlier process with its own number is gone', async () => {
    expect(await owners.stateOf(`${host}:${process.pid}:00ff`)).toBe('gone');
    expect(await owners.stateOf(`${host}:${process.pid}:00ff-00ff`)).toBe('gone');
  });
});
