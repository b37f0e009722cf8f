import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingFacts } from '../../../shared/domain/models/setting-facts.ts';
import { ratchetInProcess } from './in-process.ts';

let directory: string;
const run = (...args: readonly string[]) => ratchetInProcess(['--workspace', directory, ...args]);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-settings-'));
  expect(await run('create', 'mail', '--labels', 'ham,spam')).toMatchObject({ code: 0 });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('ratchet settings', () => {
  test('lists every setting with value, default, range and meaning', async () => {
    const { code, stdout } = await run('settings', 'mail');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(settingFacts.length + 1);
    expect(lines[0]).toMatch(/^setting +now +default +range +meaning$/);
    expect(lines[1]).toMatch(/^targetScore +0\.96 +0\.96 +0 to 1 +τ: a candidate with this score ends the run/);
  });

  test('changes several at once, tells what was, and shows it the next time', async () => {
    const changed = await run('settings', 'mail', 'caution=strict', 'critical=ham,spam', 'enoughFailures=7');
    expect(changed).toMatchObject({ code: 0 });
    expect(changed.stdout).toBe('caution: normal → strict\ncritical: none → ham, spam\nenoughFailures: 20 → 7\n');
    const { settings, changes } = JSON.parse((await run('settings', 'mail', '--json')).stdout);
    const values = Object.fromEntries(
      settings.map(({ name, value }: { name: string; value: unknown }) => [name, value]),
    );
    expect(values).toMatchObject({ caution: 'strict', critical: ['ham', 'spam'], enoughFailures: 7, alpha: 0.05 });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ from: { caution: 'normal' }, to: { caution: 'strict' } });
    expect(changes[0].by).toMatch(/@/);
  });

  test('gives defaults back, and says so where nothing changes', async () => {
    expect((await run('settings', 'mail', '--unset', 'caution', 'critical', 'enoughFailures')).stdout).toBe(
      'caution: strict → normal\ncritical: ham, spam → none\nenoughFailures: 7 → 20\n',
    );
    expect((await run('settings', 'mail', 'alpha=0.05')).stdout).toContain('Nothing was changed');
  });

  test('takes a pattern with a comma, and shows it so that it can be given again', async () => {
    const pattern = 'CUSTOMER=CU-\\d{6,8}';
    expect((await run('settings', 'mail', `redactPatterns=${pattern}`)).stdout).toBe(
      `redactPatterns: none → "${pattern}"\n`,
    );
    expect((await run('settings', 'mail', `redactPatterns="${pattern}"`)).stdout).toContain('Nothing was changed');
    expect(await run('create', 'other', '--labels', 'a,b', '--set', `redactPatterns=${pattern}`)).toMatchObject({
      code: 0,
    });
  });

  test('names the entry of a list that is wrong, and what it may be', async () => {
    const message = 'redact: "phon" is none of email, phone, card, iban, ip.';
    for (const args of [
      ['settings', 'mail', 'redact=email,phon'],
      ['create', 'third', '--labels', 'a,b', '--set', 'redact=email,phon'],
    ]) {
      const ended = await run(...args);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(message);
    }
    const ended = await run('settings', 'mail', 'redactPatterns=GOOD=a,BAD=a*');
    expect(ended.stderr).toContain('redactPatterns: "BAD=a*" cannot be taken: "*" is not taken');
  });

  test('quotes labels that hold a comma or a line break, where they stand in a list', async () => {
    const created = await run('create', 'odd', '--label', 'a, b', '--label', 'c\nd', '--label', 'plain');
    expect(created.stdout).toContain('3 labels ("a, b", "c\\nd", plain)');
    expect((await run('settings', 'odd', 'critical="a, b",plain')).stdout).toBe('critical: none → "a, b", plain\n');
    expect((await run('settings', 'odd', 'critical=b')).stderr).toContain(
      'Name some of its labels: "a, b", "c\\nd", plain.',
    );
  });

  test.each([
    ['an unknown name', ['targetScor=1'], 'The nearest one is targetScore.'],
    ['what is no assignment', ['targetScore'], 'Write name=value'],
    ['a text for a number', ['alpha=some'], 'alpha: above 0, at most 0.5'],
    ['a name that is given twice', ['alpha=0.1', 'alpha=0.2'], 'given twice'],
  ])('exits 2 for %s', async (_what, args, message) => {
    const ended = await run('settings', 'mail', ...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
  });
});
