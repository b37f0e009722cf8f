import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ProcessOwners } from '../../../cli/process-owners.ts';

describe('ProcessOwners', () => {
  const owners = new ProcessOwners();

  test('never takes itself, a living process or a stranger for gone', async () => {
    expect(await owners.isGone(owners.self)).toBe(false);
    expect(await owners.isGone(`${hostname()}:${process.ppid}:00`)).toBe(false);
    expect(await owners.isGone(`elsewhere:999999:00`)).toBe(false);
    expect(await owners.isGone('something else')).toBe(false);
  });

  test('knows that a process that ended is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(await owners.isGone(`${hostname()}:${child.pid}:00`)).toBe(true);
  });

  test('knows that an earlier process with its own number is gone', async () => {
    expect(await owners.isGone(`${hostname()}:${process.pid}:other`)).toBe(false);
    expect(await owners.isGone(`${hostname()}:${process.pid}:00ff`)).toBe(true);
  });
});
