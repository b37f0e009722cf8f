import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAccess } from '../../../../cli/serving/read-access.ts';

const sha256 = createHash('sha256').update('secret-of-ana').digest('hex');
const text = JSON.stringify({ tokens: [{ name: 'ana', sha256, models: '*', rights: ['review'] }] });
const long = 'sixteen-letters-and-more';
const loopback = ['localhost'];

let root: string;
const path = () => join(root, 'tokens.json');
const access = (env: Record<string, string>, hosts: readonly string[] | null = loopback) =>
  readAccess('192.0.2.1', hosts, env, (text) => warned.push(text));
const warned: string[] = [];
beforeEach(async () => {
  warned.length = 0;
  root = await mkdtemp(join(tmpdir(), 'ratchet-tokens-'));
  await writeFile(path(), text, { mode: 0o600 });
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('without named tokens the one token decides, and on this machine none is needed', async () => {
  expect(await access({})).toEqual({ token: null, hosts: loopback });
  expect(await access({ RATCHET_TOKEN: long }, null)).toEqual({ token: long, hosts: null });
  await expect(access({}, null)).rejects.toThrow(/Others can reach 192\.0\.2\.1/);
  await expect(access({ RATCHET_TOKEN: 'short' }, null)).rejects.toThrow(/16 characters/);
});

test('a token that could be guessed is told of on this machine, where it is taken all the same', async () => {
  expect(await access({ RATCHET_TOKEN: 'short' })).toEqual({ token: 'short', hosts: loopback });
  expect(warned).toEqual([
    expect.stringMatching(/^Note: RATCHET_TOKEN has fewer than 16 .* export RATCHET_TOKEN=\S{16}/),
  ]);
  warned.length = 0;
  await access({ RATCHET_TOKEN: long });
  await access({});
  expect(warned).toEqual([]);
});

test('with named tokens nobody is let in without one, on this machine neither', async () => {
  for (const hosts of [loopback, null]) {
    const found = await access({ RATCHET_TOKENS: path() }, hosts);
    expect(found).toMatchObject({ token: null, hosts });
    expect(found.caller).toBeTypeOf('function');
  }
  await expect(access({ RATCHET_TOKENS: path(), RATCHET_TOKEN: '' })).rejects.toThrow(/fewer than 16/);
});

test.each([0o640, 0o604, 0o620, 0o602, 0o660, 0o644])('a file of mode %o is refused', async (mode) => {
  await chmod(path(), mode);
  await expect(access({ RATCHET_TOKENS: path() })).rejects.toMatchObject({
    name: 'InvalidInput',
    mend: expect.stringContaining('chmod 600'),
  });
});

test('what a link leads to is looked at', async () => {
  const link = join(root, 'link.json');
  await symlink(path(), link);
  expect((await access({ RATCHET_TOKENS: link })).caller).toBeTypeOf('function');
  await chmod(path(), 0o644);
  await expect(access({ RATCHET_TOKENS: link })).rejects.toThrow(/others may read/);
});

test.each(['{', '[]', '{}', '{"tokens":[]}', 'secret-of-ana', `${text} `.padEnd(2 ** 20 + 1)])(
  'what is no file of tokens is refused, and nothing of it is shown',
  async (content) => {
    await writeFile(path(), content);
    await expect(access({ RATCHET_TOKENS: path() })).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(access({ RATCHET_TOKENS: path() })).rejects.not.toThrow(/secret/);
  },
);

test('a folder, and what is not there, are refused', async () => {
  for (const other of [root, join(root, 'none.json')])
    await expect(access({ RATCHET_TOKENS: other })).rejects.toMatchObject({ name: 'InvalidInput' });
});
