import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SqliteLineageStore } from '../../../shared/adapters/local/sqlite-lineage-store.ts';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import { SystemIds } from '../../../shared/adapters/local/system-ids.ts';
import { acquireLease } from '../../../shared/operations/lease.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { ratchetInProcess } from './in-process.ts';

const secret = {
  traceId: 'p1',
  timestamp: '2026-01-05T08:00:00Z',
  input: 'I am Jane Roe, card 4111 1111 1111 1111, jane@example.org, my bill crashes wrong',
  output: 'technical',
  expected: 'billing',
  judge: { kind: 'human', id: 'ana', reason: 'Jane Roe told me' },
  metadata: { user: 'u-jane' },
  steps: [{ type: 'reasoning', output: 'Jane Roe asks for help' }],
};
/** What waits for a person, and is in the report for that: two people disagree, and a label that is none of the task's. */
const disputed = ['billing', 'refund'].map((expected) => ({
  ...secret,
  traceId: 'p2',
  input: 'Jane Roe asks whether invoice 77 came by parcel',
  expected,
  judge: { kind: 'human', id: `judge of ${expected}`, reason: 'Jane Roe said so' },
}));
const held = {
  ...secret,
  traceId: 'p3',
  input: 'a third letter of Jane Roe about her lost key',
  expected: 'letters of jane roe',
};
/** Failures that are alike, so that the report shows them as a cluster. */
const alike = Array.from({ length: 12 }, (_, index) => ({
  ...secret,
  traceId: `p${index + 4}`,
  input: `letter ${index * 37} of Jane Roe: the golden key of letterbox ${index * 11} does not load`,
  expected: 'refund',
}));
/** What must be found nowhere: parts of the input, the reason, the steps and the metadata, in any case. */
const traces = [/jane/i, /\broe\b/i, /4111 1111/, /crashes wrong/i];

let root: string;
let prepared: string;
let workspace: string;

const ratchet = (args: readonly string[]) => ratchetInProcess(['--workspace', workspace, ...args]);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  prepared = join(root, 'prepared');
  workspace = prepared;
  const { examples, traffic } = madeUp();
  await writeFile(join(root, 'examples.jsonl'), jsonl(examples));
  await writeFile(
    join(root, 'traces.jsonl'),
    `${jsonl([...traffic, secret, ...disputed, held, ...alike])}{"traceId": "p9", "input": "Jane Roe ag\n`,
  );
  for (const args of [
    ['create', 'support', '--examples', join(root, 'examples.jsonl'), '--foundation', 'none'],
    ['ingest', 'support', join(root, 'traces.jsonl')],
    ['run', 'support'],
  ]) {
    const ended = await ratchet(args);
    expect(ended.code, ended.stderr).toBe(0);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  workspace = await mkdtemp(join(root, 'copy-'));
  await cp(prepared, workspace, { recursive: true });
});

describe('ratchet erase', () => {
  test('leaves nothing of a trace in any file of the workspace, and the rest in use', async () => {
    const holding = await filesWith(traces);
    expect(holding.length).toBeGreaterThan(10);
    expect(holding.map((file) => basename(file))).toEqual(
      expect.arrayContaining(['report.html', 'review.jsonl', 'found.jsonl', 'records.v1.jsonl', 'examples.jsonl']),
    );
    const before = (await readFile(join(workspace, 'lineage.sqlite'))).length;

    const ended = await ratchet(['--json', 'erase', 'support', '--where', 'text~jane roe', '--yes']);

    expect(ended.code, ended.stderr).toBe(0);
    const result = JSON.parse(ended.stdout);
    expect(result).toMatchObject({
      model: 'support',
      dryRun: false,
      traces: 15,
      judgements: 16,
      unknown: [],
      left: [],
    });
    expect(result.parts.map((part: { what: string }) => part.what)).toEqual(
      expect.arrayContaining([
        'training examples',
        'frozen records',
        'reports',
        'records of runs',
        'lines in quarantine',
      ]),
    );
    expect(result.checkpoints).toContainEqual(
      expect.objectContaining({ champion: true, examples: expect.any(Number) }),
    );
    expect(await filesWith(traces)).toEqual([]);
    expect(await filesWith([/"p\d+"/])).toEqual([]);
    expect(before).toBeGreaterThan(0);

    expect(JSON.parse((await ratchet(['--json', 'status', 'support'])).stdout).active).toBeNull();
    expect((await ratchet(['--json', 'doctor'])).code).toBe(0);
    expect((await ratchet(['run', 'support'])).code).toBe(3);
    expect(JSON.parse(await readFile(result.record, 'utf8'))).toMatchObject({
      chosenBy: 'text',
      traces: 15,
      endedAt: expect.any(String),
    });
  });

  test('says in a dry run what would go, and changes nothing; without --yes it asks for it', async () => {
    const before = await contents();
    const dry = await ratchet(['--json', 'erase', 'support', '--trace', 'p1', 'nobody', '--dry-run']);
    expect(dry.code, dry.stderr).toBe(0);
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, traces: 1, unknown: ['nobody'], record: null });
    const asked = await ratchet(['forget', 'support', 'p1']);
    expect(asked).toMatchObject({ code: 2 });
    expect(asked.stdout).toContain('To erase: 1 trace, 1 judgement');
    expect(asked.stderr).toContain('--yes');
    expect(await contents()).toEqual(before);
  });

  test('does not let an erased trace in again with the file it came from, and says so', async () => {
    await ratchet(['erase', 'support', 'p1', '--yes']);
    const again = await ratchet(['ingest', 'support', join(root, 'traces.jsonl')]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('1 line of an erased trace passed over');
    expect(await filesWith([/crashes wrong/i])).toEqual([]);
  });

  test('names near-duplicates that stay, and leaves them and their texts as they are', async () => {
    const twins = ['d1', 'd2', 'd3'].map((traceId) => ({
      ...secret,
      traceId,
      input: `one and the same ${secret.input}`,
    }));
    await writeFile(join(root, 'twins.jsonl'), jsonl(twins));
    await ratchet(['ingest', 'support', join(root, 'twins.jsonl')]);
    const ended = await ratchet(['erase', 'support', 'd1', '--yes']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('2 near-duplicates of it stay: d2, d3.');
    const left = await ratchet(['--json', 'erase', 'support', '--where', 'input~one and the same', '--dry-run']);
    expect(JSON.parse(left.stdout).traces).toBe(2);
  });

  test('is refused while a run is active, and finds nothing for a stranger', async () => {
    expect(await ratchet(['erase', 'support', '--trace', 'nobody', '--yes', '--dry-run'])).toMatchObject({ code: 2 });
    const lineage = new SqliteLineageStore(join(workspace, 'lineage.sqlite'));
    const clock = new SystemClock();
    const ports = { lineage, clock, ids: new SystemIds(clock), owners: { stateOf: async () => 'unknown' } };
    await acquireLease({ runId: 'run-1', modelId: 'support', seed: 1 }, 'elsewhere', 5, ports as unknown as Ports);
    lineage.close();
    const before = await contents();
    const ended = await ratchet(['erase', 'support', 'p1', '--yes']);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain('Run run-1 of support is active');
    expect(await contents()).toEqual(before);
  });

  test.each([
    ['nothing', ['erase', 'support'], '--trace ID'],
    ['two ways', ['erase', 'support', 'p1', '--where', 'input~x'], 'by one of them'],
    ['a field that is none', ['erase', 'support', '--where', 'colour=red'], 'metadata.user=u17'],
    ['no such model', ['erase', 'nobody', 'p1'], 'no model named'],
  ])('refuses %s', async (_, args, words) => {
    const ended = await ratchet(args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(words);
  });
});

/** Files of the workspace whose content (rows of Parquet read by DuckDB) has one of the patterns. */
async function filesWith(patterns: readonly RegExp[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [path, text] of await contents()) if (patterns.some((pattern) => pattern.test(text))) found.push(path);
  return found;
}

async function contents(): Promise<ReadonlyMap<string, string>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const texts = new Map<string, string>();
  for (const entry of (await readdir(workspace, { recursive: true, withFileTypes: true })).sort()) {
    if (!entry.isFile() || entry.name.endsWith('-shm')) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = (await readFile(path)).toString('latin1');
    const rows = path.endsWith('.parquet')
      ? (await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`)).getRowObjectsJson()
      : [];
    texts.set(path, rows.length > 0 ? JSON.stringify(rows) : bytes);
  }
  connection.closeSync();
  instance.closeSync();
  return texts;
}

function jsonl(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Tickets of four kinds; the first model has seen two sentences of four, so that a run mends the others. */
function madeUp() {
  const sentences: Readonly<Record<string, readonly string[]>> = {
    billing: [
      'my invoice # is wrong',
      'charged twice for order #',
      'change the address of account #',
      'why is bill # so high',
    ],
    delivery: ['where is my parcel #', 'package # has not arrived', 'courier lost order #', 'tracking # shows nothing'],
    refund: [
      'I want my money back for #',
      'please refund order #',
      'return item # to the shop',
      'cancel # and pay me back',
    ],
    technical: ['app stops on screen #', 'error code # at login', 'cannot reset password #', 'page # does not load'],
  };
  const around = [
    'please',
    'hello',
    'again',
    'quickly',
    'today',
    'thanks',
    'urgent',
    'monday',
    'my brother',
    'since june',
  ];
  const labels = Object.keys(sentences);
  let state = 7;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
  const pick = (from: readonly string[]) => from[below(from.length)] ?? '';
  const ticket = (label: string, known: number) =>
    `${pick(around)} ${pick((sentences[label] ?? []).slice(0, known)).replace('#', String(below(9_999)))} ${pick(around)}`;
  const examples = Array.from({ length: 60 }, (_, index) => {
    const output = labels[index % 4] ?? '';
    return { input: ticket(output, 2), output };
  });
  const traffic = Array.from({ length: 300 }, (_, index) => {
    const expected = pick(labels);
    return {
      traceId: `t${index}`,
      timestamp: new Date(1_767_225_600_000 + index * 3_600_000).toISOString(),
      input: ticket(expected, 4),
      output: below(3) === 0 ? pick(labels) : expected,
      expected,
      judge: { kind: 'human', id: 'ana', reason: 'by hand' },
    };
  });
  return { examples, traffic };
}
