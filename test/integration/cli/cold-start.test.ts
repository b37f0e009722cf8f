import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { madeUpIntents } from '../../helpers/made-up-intents.ts';
import { ratchetInProcess } from './in-process.ts';

let directory: string;
const at = (name: string): string => join(directory, name);
const run = (...args: readonly string[]) => ratchetInProcess(['--workspace', at('.ratchet'), ...args, '--json']);
const held = madeUpIntents.filter((_, index) => index % 5 === 0);
const inputs = madeUpIntents.filter((one) => !held.includes(one));
const truth = new Map(madeUpIntents.map(({ input, output }) => [input, output]));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-cold-start-'));
  await writeFile(at('inputs.jsonl'), inputs.map(({ input }) => `${JSON.stringify({ input })}\n`).join(''));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('texts that nobody has labelled', () => {
  test('are offered as clusters; named, they train a model that answers texts which it has not seen', async () => {
    const file = at('clusters.jsonl');
    const offered = await run('create', 'cold', '--inputs', at('inputs.jsonl'), '--clusters', '12', '--to', file);
    expect(offered).toMatchObject({ code: 0 });
    expect(JSON.parse(offered.stdout)).toMatchObject({ model: 'cold', inputs: inputs.length, refused: 0, file });

    const clusters = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const named = clusters.map((cluster) => {
      const counts = Map.groupBy(cluster.inputs, (input: string) => truth.get(input) ?? '');
      const [label] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [''];
      return { ...cluster, label };
    });
    await writeFile(file, named.map((cluster) => `${JSON.stringify(cluster)}\n`).join(''));
    const created = await run('create', 'cold', '--from-clusters', file, '--foundation', 'none');
    expect(created).toMatchObject({ code: 0 });
    const { labels, examples } = JSON.parse(created.stdout);
    expect([labels, examples]).toEqual([[...new Set(named.map(({ label }) => label))].sort(), inputs.length]);

    const asked = held.map(({ input }) => `${JSON.stringify({ input })}\n`).join('');
    const answered = await ratchetInProcess(['--workspace', at('.ratchet'), 'predict', 'cold'], asked);
    const answers = answered.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const right = answers.filter(({ output }, index) => output === held[index]?.output).length;
    expect(right / held.length).toBeGreaterThan(0.8);
  });

  test('that have no name yet make no model, and it is said what to do', async () => {
    const file = at('unnamed.jsonl');
    expect(await run('create', 'none', '--inputs', at('inputs.jsonl'), '--to', file)).toMatchObject({ code: 0 });
    const ended = await run('create', 'none', '--from-clusters', file);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Fill in "label" of at least two lines');
    expect(await run('create', 'none', '--inputs', at('inputs.jsonl'), '--to', file)).toMatchObject({ code: 2 });
  });

  test('are not sorted beside something to train on, which would be left unread', async () => {
    const file = at('beside.jsonl');
    for (const other of [['--examples', file], ['--from-clusters', file], ['--from-traces']]) {
      const refused = await run('create', 'both', '--inputs', at('inputs.jsonl'), '--to', file, ...other);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(`Both --inputs and ${other[0]} are given.`);
    }
  });

  test('are untrusted: names of properties, control characters and lines that are none do no harm', async () => {
    const hostile = [
      '{"input": "\\u001b[2J__proto__"}',
      '{"__proto__": {"input": "x"}}',
      'plain text',
      '{"input": 7}',
      '{',
    ];
    await writeFile(at('hostile.jsonl'), `${hostile.join('\n')}\n`);
    const offered = await ratchetInProcess(
      ['--workspace', at('.ratchet'), 'create', 'h', '--inputs', at('hostile.jsonl'), '--to', at('h.jsonl')],
      '',
    );
    expect(offered.code).toBe(0);
    expect(offered.stdout + offered.stderr).not.toContain('\u001b[2J');
    expect(JSON.parse(await readFile(at('h.jsonl'), 'utf8'))).toMatchObject({ size: 2 });
  });
});
