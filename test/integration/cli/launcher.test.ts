import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launcherPath, ratchet } from './launcher.ts';

const root = dirname(dirname(dirname(launcherPath)));
const oldNode = findOldNode();
let directory: string;

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'ratchet-launcher-')));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A Node of the machine that is too old for the sources, if there is one. */
function findOldNode(): string | undefined {
  return ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    try {
      return Number(execFileSync(path, ['--version'], { encoding: 'utf8' }).slice(1).split('.')[0]) < 22;
    } catch {
      return false;
    }
  });
}

describe('the launcher', () => {
  test('works through a symbolic link, from another directory, and warns of nothing', async () => {
    const link = join(directory, 'ratchet');
    await symlink(launcherPath, link);
    const ended = await ratchet(directory, ['create', 'mail', '--labels', 'ham,spam', '--json'], {
      command: [process.execPath, link],
    });
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ model: 'mail', checkpoint: null });
    expect(ended.stderr).not.toContain('Warning');
  });

  test('starts an entry that has its own name, as benchmarks and the demo do', async () => {
    const ended = await ratchet(directory, ['--help'], {
      command: [process.execPath, join(root, 'bench/generation/generation.js')],
    });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('npm run bench:generation') });
  });

  test('tells a model its story, results on stdout alone', async () => {
    const run = (args: readonly string[], stdin = '') => ratchet(directory, args, { stdin });
    const examples = ['win a prize', 'buy pills', 'meeting notes', 'lunch at noon'].map((input, index) =>
      JSON.stringify({ input, output: index < 2 ? 'spam' : 'ham' }),
    );
    await writeFile(join(directory, 'examples.jsonl'), examples.join('\n'));
    const created = await run(['create', 'filter', '--examples', 'examples.jsonl', '--foundation', 'none', '--json']);
    expect(created).toMatchObject({ code: 0 });
    const { checkpoint } = JSON.parse(created.stdout);

    const answered = await run(['predict', 'filter'], '{"input":"win pills"}\n{"input":""}');
    expect(
      answered.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).output),
    ).toEqual(['spam', null]);

    const trace = {
      traceId: 't1',
      timestamp: '2026-01-01T00:00:00Z',
      input: 'win pills',
      output: 'spam',
      expected: 'ham',
    };
    const ingested = await run(['ingest', 'filter', '-', '--json'], JSON.stringify(trace));
    expect(JSON.parse(ingested.stdout)).toMatchObject({ ingested: 1, judgements: 1 });

    const rolledBack = await run(['rollback', 'filter', '--to', checkpoint, '--json']);
    expect(JSON.parse(rolledBack.stdout)).toEqual({
      model: 'filter',
      champion: checkpoint,
      previous: checkpoint,
      moved: false,
      released: null,
    });
    expect((await run(['lineage', 'filter'])).stdout).toContain(`${checkpoint} · ★ champion`);
  });

  test.skipIf(oldNode === undefined)('hands over to the Node of the project when an old one starts it', async () => {
    const command: [string, string] = [oldNode ?? '', launcherPath];
    const version = await ratchet(directory, ['--version'], { command });
    const failed = await ratchet(directory, ['lineage', 'nobody', '--workspace', 'nowhere'], { command });
    expect(version).toMatchObject({
      code: 0,
      stdout: `${JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version}\n`,
    });
    expect(failed).toMatchObject({ code: 2, stdout: '' });
  });

  test.skipIf(oldNode === undefined)('passes signals on, and ends as what it started ends', async () => {
    const child = spawn(oldNode ?? '', [launcherPath, 'ingest', 'mail', '-'], { cwd: directory });
    const ended = once(child, 'exit');
    // More than the beginning that the format is told by.
    child.stdin.write('{"traceId": "t"}\nno JSON\n'.repeat(5_000));
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  test.each(['bench/spam-demo/demo.js', 'bench/entities-demo/entities-demo.js'])(
    'starts %s, which has the name of the module beside it',
    async (path) => {
      const ended = await ratchet(directory, ['--help'], { command: [process.execPath, join(root, path)] });
      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('npm run demo') });
    },
  );

  test('is linked into node_modules/.bin by the prepare script, again and again', async () => {
    const script = fileURLToPath(new URL('../../../cli/link-bin.js', import.meta.url));
    for (let time = 0; time < 2; time += 1) execFileSync(process.execPath, [script]);
    expect(await realpath(join(root, 'node_modules/.bin/ratchet'))).toBe(launcherPath);
  });
});
