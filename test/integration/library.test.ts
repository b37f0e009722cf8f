import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkspace, RatchetError, type Workspace } from '../../cli/library.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { samples } from '../helpers/made-up-traffic.ts';

/** Functions of the library as JavaScript sees them: called with whatever there is. */
type Untyped = Record<
  'listModels' | 'createModel' | 'ingest' | 'run' | 'predict' | 'reportOf',
  (...args: readonly unknown[]) => Promise<unknown>
>;

const examples = samples(40, 0, new SeededRandom().stream(1, 'library'))
  .map((example) => JSON.stringify(example))
  .join('\n');
let directory: string;
let workspace: Workspace;
let untyped: Untyped;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-library-'));
  workspace = await openWorkspace(directory, { create: true, env: process.env });
  untyped = workspace as unknown as Untyped;
  await workspace.createModel('desk', {
    examples: Readable.from([Buffer.from(examples)]),
    trainerOptions: { foundation: 'none' },
  });
});
afterAll(async () => {
  await workspace.close();
  await rm(directory, { recursive: true, force: true });
});

async function faultOf(call: () => Promise<unknown>): Promise<RatchetError> {
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RatchetError);
  return error as RatchetError;
}

describe('what the library is called with', () => {
  const list = 'must be a list, not a text.';
  const wrong: readonly (readonly [keyof Untyped, readonly unknown[], string])[] = [
    ['predict', ['desk', 'text'], `predict: "inputs": ${list}`],
    ['predict', ['desk', [1]], 'predict: "inputs.0": must be a text, not a number.'],
    ['predict', ['desk', ['text'], { topK: -1 }], 'predict: "options.topK": must be above 0.'],
    ['predict', ['desk', ['text'], { topk: 1 }], 'predict: "options": unknown: "topk".'],
    ['predict', ['desk', ['text'], null], 'predict: "options": must be an object, not null.'],
    ['predict', [undefined, ['text']], 'predict: "modelId": is missing.'],
    ['ingest', ['desk', 'traces.jsonl'], `ingest: "sources": ${list}`],
    ['ingest', ['desk', [Buffer.from('')]], 'ingest: "sources.0": must be the path of a file, or bytes as they come'],
    ['ingest', ['desk', ['-']], 'ingest: "sources.0": must be the path of a file, or bytes as they come'],
    ['ingest', ['desk', [], { judge: 'ana' }], 'ingest: "options.judge": must be "human" or "llm" or "rule".'],
    ['createModel', [], 'createModel: "modelId": is missing.'],
    ['createModel', ['other', { labels: 'a,b' }], `createModel: "options.labels": ${list}`],
    ['createModel', ['other', { examples: 7 }], 'createModel: "options.examples": must be the path of a file'],
    ['run', ['desk', { seed: '7' }], 'run: "options.seed": must be a number, not a text.'],
    ['run', ['desk', { budgetUsd: 0 }], 'run: "options.budgetUsd": must be above 0.'],
    ['reportOf', [{}], 'reportOf: "result.report": is missing.'],
  ];
  test.each(wrong)('%s(…%j) is refused: %s', async (name, args, message) => {
    const fault = await faultOf(() => untyped[name](...args));
    expect(fault.name).toBe('InvalidInput');
    expect(fault.message).toContain(message);
    expect(fault.mend).toContain(`Call it such as ${name}(`);
  });

  test('a directory that is none is refused', async () => {
    const open = openWorkspace as (directory: unknown, options?: unknown) => Promise<unknown>;
    expect((await faultOf(() => open(7))).message).toBe('openWorkspace: "directory": must be a text, not a number.');
    expect((await faultOf(() => open(directory, { onProgress: 'loud' }))).message).toContain('must be a function');
  });

  test('a setting that there is not is named, with those that there are', async () => {
    const create = (settings: unknown) => faultOf(() => untyped.createModel('other', { labels: ['a', 'b'], settings }));
    const unknown = await create({ nope: 1 });
    expect(unknown.message).toBe('Settings: unknown: "nope".');
    expect(unknown.mend).toMatch(/^Settings are: targetScore, caution, .*docs\/settings\.md/);
    expect((await create({ targetScore: 2 })).message).toBe('Settings: "targetScore": is too large: at most 1.');
  });

  test('what is not given is as if it were undefined', async () => {
    const [answer] = await workspace.predict('desk', ['text'], { topK: undefined } as object);
    expect(answer?.confidence).toBeGreaterThan(0);
    await expect(workspace.ingest('desk', [], { map: undefined } as object)).resolves.toMatchObject({ ingested: 0 });
  });
});

test('why lines were refused is told, of many the first and the last', async () => {
  const good = JSON.stringify({ traceId: 't1', timestamp: '2026-03-01T00:00:00Z', input: 'a', output: 'refund' });
  const lines = [good, ...Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 'no JSON' : '{"traceId": 7}'))];
  const { quarantined, warnings } = await workspace.ingest('desk', [Readable.from([Buffer.from(lines.join('\n'))])]);
  expect([quarantined, warnings.length]).toEqual([30, 21]);
  expect(warnings[0]).toMatch(/^source 1:2: /);
  expect(warnings[20]).toMatch(/^10 more problems of lines, the last: source 1:31: /);
  const same = await workspace.ingest('desk', [Readable.from([Buffer.from('{"traceId": 7}\n'.repeat(4))])]);
  expect(same.warnings).toEqual([expect.stringMatching(/^source 1: .* \(4 lines\)\. /)]);
});

test('a model that writes has its checker', async () => {
  const schema = JSON.stringify({ required: ['queue'] });
  const written = (queue: string) => JSON.stringify({ input: `about ${queue}`, output: { queue } });
  const create = (taskOptions: Record<string, string>) =>
    workspace.createModel('writer', {
      task: 'generation',
      taskOptions,
      examples: Readable.from([Buffer.from(`${written('refund')}\n${written('delivery')}`)]),
    });
  expect((await faultOf(() => create({ checkers: 'json' }))).message).toContain('checkers');
  expect((await faultOf(() => create({ checker: 'regex', pattern: '' }))).message).toBe('--pattern "" is empty.');
  await create({ checker: 'json', schema });
  const [answer] = await workspace.predict('writer', ['about refund']);
  expect(answer?.output).toEqual({ queue: 'refund' });
});

describe('a stream', () => {
  const create = (stream: unknown) =>
    untyped.createModel('streamed', { examples: stream, trainerOptions: { foundation: 'none' } });

  test('that gives something else than bytes, or breaks off, is told', async () => {
    const fault = await faultOf(() => create(Readable.from([1, 2])));
    expect(fault.message).toBe('The stream of examples gives something else than bytes.');
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('{');
        throw new Error('the line is cut');
      })(),
    );
    expect((await faultOf(() => create(broken))).message).toBe(
      'The stream of examples cannot be read: the line is cut.',
    );
    const given = await workspace.ingest('desk', [Readable.from([1, 2])]);
    expect(given).toMatchObject({ ingested: 0, unreadable: 1 });
    expect(given.warnings).toEqual([expect.stringMatching(/^source 1 gives something else than bytes\. \w+/)]);
  });

  test('of texts is read as their bytes', async () => {
    await expect(create(Readable.from([examples]))).resolves.toMatchObject({
      refused: 0,
      model: { modelId: 'streamed' },
    });
  });
});

test('a closed workspace says so, however often it is closed', async () => {
  const other = await openWorkspace(directory);
  await other.close();
  await other.close();
  for (const call of [
    () => other.listModels(),
    () => other.predict('desk', ['text']),
    () => other.run('desk'),
    () => other.createModel('third'),
    () => other.ingest('desk', []),
  ]) {
    const fault = await faultOf(call);
    expect(fault).toMatchObject({ name: 'InvalidInput', message: 'The workspace is closed.' });
    expect(fault.mend).toContain('openWorkspace(');
  }
});
