import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';

const topics = ['rain', 'snow', 'wind', 'sun'];
const examples = Array.from({ length: 20 }, (_, at) => ({
  input: `question ${at} about ${topics[at % 4]}`,
  output: `answer ${at}`,
}));
/** What people said of answers that the model does not give. */
const traces = Array.from({ length: 30 }, (_, at) => ({
  traceId: `t${at}`,
  timestamp: new Date(Date.UTC(2026, 9, 1, at)).toISOString(),
  input: `please tell me of ${topics[at % 4]} on day ${at}`,
  output: `reply ${at}`,
  verdict: at % 3 === 0 ? 'fail' : 'pass',
}));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  await writeFile(join(root, 'examples.jsonl'), jsonl(examples));
  await writeFile(join(root, 'traces.jsonl'), jsonl(traces));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const ratchet = (...args: readonly string[]) => ratchetInProcess(['--workspace', join(root, 'ws'), ...args], '');
const create = (name: string, ...options: readonly string[]) =>
  ratchet(
    'create',
    name,
    '--task',
    'generation',
    '--examples',
    join(root, 'examples.jsonl'),
    '--no-evaluate',
    ...options,
  );

describe('a task that leaves its answers to a judge', () => {
  test('says at once that the judge of the model cannot tell, and what can', async () => {
    const created = await create('open', '--checker', 'judge');
    expect(created.code, created.stderr).toBe(0);
    expect(created.stderr).toMatch(/stays undecided, as the judge rule cannot tell .* with --judge llm\./);
    for (const options of [[], ['--checker', 'judge', '--judge', 'llm']]) {
      expect((await create(`other${options.length}`, ...options)).stderr).not.toContain('stays undecided');
    }
  });

  test('does not ask for more judging where that decides nothing', async () => {
    const ingested = await ratchet('ingest', 'open', join(root, 'traces.jsonl'), '--judge', 'human');
    expect(ingested.code, ingested.stderr).toBe(0);
    const ran = await ratchet('--json', 'run', 'open');
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stdout).toContain('30 judged traces are undecided: the judge rule cannot tell');
    expect(ran.stdout).not.toContain('more judged');
  });
});

function jsonl(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
