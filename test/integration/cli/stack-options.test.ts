import { expect, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';

test('a stack and a workspace exclude each other, wherever they are written', async () => {
  for (const args of [
    ['lineage', 'mail', '--stack', 'ratchet', '--workspace', 'here'],
    ['--stack', 'ratchet', 'lineage', 'mail', '--workspace', '.ratchet'],
  ]) {
    const { code, stderr } = await ratchetInProcess(args);
    expect(code).toBe(2);
    expect(stderr).toContain('Both --workspace and --stack are given.\nLeave out --stack');
  }
});

test('what cannot name a stack is refused', async () => {
  const { code, stderr } = await ratchetInProcess(['lineage', 'mail', '--stack', '../x']);
  expect(code).toBe(2);
  expect(stderr).toContain('letters, digits and "-"');
});

test('only a run of a stack can be followed', async () => {
  const { code, stderr } = await ratchetInProcess(['run', 'mail', '--follow']);
  expect(code).toBe(2);
  expect(stderr).toContain('Add --stack NAME.');
});
