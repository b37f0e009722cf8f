import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { type DropOutcome, ingestDrop } from '../../../shared/intake/ingest-drop.ts';
import { ingestReceiptKey, ingestReceiptSchema } from '../../../shared/intake/ingest-receipt.ts';
import { nothingIngested } from '../../../shared/intake/ingest-result.ts';
import { readJson } from '../../../shared/ports/documents.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';

const key = 'drops/m1/monday.jsonl.gz';
const { samples: _none, ...counts } = nothingIngested;

describe('ingesting a drop', () => {
  let ports: MemoryPorts;
  let opened: number;
  /** Other objects of the bucket. */
  const besides = new Map<string, string>();
  beforeEach(async () => {
    ports = memoryPorts();
    opened = 0;
    besides.clear();
    await ports.lineage.createModel(sampleModel());
  });

  function lines(...traceIds: string[]): Buffer {
    const text = traceIds.map((traceId) =>
      JSON.stringify({
        traceId,
        timestamp: '2026-01-01T00:00:00Z',
        input: `text of ${traceId}`,
        output: 'spam',
        verdict: 'fail',
      }),
    );
    return Buffer.from(`${text.join('\n')}\n`);
  }

  function drop(
    bytes: Uint8Array,
    options: { key?: string; named?: string; etag?: string; badLines?: number; ratioFrom?: number } = {},
  ): Promise<DropOutcome> {
    const limits = {
      bytes: 2 ** 26,
      ratio: 200,
      ratioFrom: options.ratioFrom ?? 2 ** 20,
      badLines: options.badLines ?? 1_000,
    };
    return ingestDrop(
      {
        key: options.named ?? options.key ?? key,
        etag: options.etag ?? 'etag-1',
        open: async (asked) => {
          const beside = besides.get(asked);
          if (beside !== undefined) return chunksOf(Buffer.from(beside));
          if (asked !== (options.key ?? key)) throw new RatchetError('ObjectMissing', `There is no ${asked}.`);
          opened += 1;
          return chunksOf(bytes);
        },
        limits,
      },
      ports,
    );
  }

  async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  }

  function receipt(dropped = key) {
    return readJson(ports.objects, ingestReceiptKey('m1', dropped), ingestReceiptSchema);
  }

  async function quarantined(): Promise<string> {
    const keys = await ports.objects.list('quarantine/m1/');
    const bodies = await Promise.all(keys.map((found) => ports.objects.get(found)));
    return bodies.map((body) => new TextDecoder().decode(body)).join('');
  }

  test('unpacks gzip, keeps the traces and leaves a receipt', async () => {
    const outcome = await drop(gzipSync(lines('t1', 't2')));
    expect(outcome).toMatchObject({ kind: 'ingested', modelId: 'm1', drop: key });
    expect(await receipt()).toEqual({
      schemaVersion: 1,
      drop: key,
      etag: 'etag-1',
      ...counts,
      lines: 2,
      ingested: 2,
      judgements: 2,
      notes: [{ text: 'judge not named: taken as rule; --judge human says otherwise', count: 2 }],
      problems: [],
      failure: null,
    });
    expect(await ports.traceLog.read('m1', { limit: 10 })).toHaveLength(2);
  });

  test('tells gzip by its bytes, not by its name', async () => {
    expect(await drop(lines('t1'))).toMatchObject({ receipt: { ingested: 1 } });
    const unzipped = 'drops/m1/tuesday.jsonl';
    expect(await drop(gzipSync(lines('t2')), { key: unzipped })).toMatchObject({ receipt: { ingested: 1 } });
  });

  test('delivered again it is not read again, and its receipt stays', async () => {
    await drop(lines('t1'));
    const [version, before] = [await ports.traceLog.version('m1'), await receipt()];
    expect(await drop(lines('t1'))).toMatchObject({ kind: 'ingested', receipt: before });
    expect(opened).toBe(1);
    expect(await receipt()).toEqual(before);
    expect(await ports.traceLog.version('m1')).toBe(version);
  });

  test('uploaded again under another name it adds no batch', async () => {
    await drop(lines('t1'));
    const version = await ports.traceLog.version('m1');
    const outcome = await drop(lines('t1'), { key: 'drops/m1/copy.jsonl' });
    expect(outcome).toMatchObject({ receipt: { ingested: 0, judgements: 0, alreadyKnown: 1 } });
    expect(await ports.traceLog.version('m1')).toBe(version);
  });

  test('another content under the same key is ingested', async () => {
    await drop(lines('t1'));
    await drop(lines('t1', 't2'), { etag: 'etag-2' });
    expect(await receipt()).toMatchObject({ etag: 'etag-2', ingested: 1, alreadyKnown: 1 });
  });

  test('damaged gzip: what can be read is kept, the rest goes to quarantine with its reason', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 5_000 }, (_, index) => `t${index}`)));
    const outcome = await drop(whole.subarray(0, whole.length / 2));
    expect(outcome).toMatchObject({ kind: 'ingested', receipt: { quarantined: 1, failure: null } });
    expect((await receipt()).ingested).toBeGreaterThan(0);
    expect(await quarantined()).toContain('damaged');
    expect(await drop(gzipSync('x').fill(0xff, 2), { etag: 'etag-2' })).toMatchObject({
      receipt: {
        ingested: 0,
        quarantined: 0,
        unreadable: 1,
        problems: [{ reason: expect.stringContaining('damaged') }],
      },
    });
  });

  test('what unpacks to hundreds of times its size is given up, in words', async () => {
    const bomb = gzipSync(Buffer.concat([lines('t1'), Buffer.alloc(2 ** 24)]));
    const outcome = await drop(bomb);
    expect(outcome).toMatchObject({ kind: 'ingested', receipt: { ingested: 1, quarantined: 1 } });
    expect(await quarantined()).toContain('unpacks to more than it may');
  });

  test('of parts packed one by one, what comes before a cut is kept, the rest goes to quarantine', async () => {
    const [first, second] = [gzipSync(lines('t1', 't2')), gzipSync(lines('t3', 't4'))];
    const cut = Buffer.concat([first, second.subarray(0, second.length - 12)]);
    const outcome = await drop(cut);
    expect(outcome).toMatchObject({ kind: 'ingested', receipt: { quarantined: 1 } });
    expect((await receipt()).ingested).toBeGreaterThanOrEqual(2);
    expect(await quarantined()).toContain('damaged');
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['packed nothing', gzipSync('')],
    ['a byte order mark', Buffer.from('\ufeff')],
  ])('of %s nothing comes, and its receipt says so', async (_, bytes) => {
    const version = await ports.traceLog.version('m1');
    expect(await drop(bytes)).toMatchObject({ kind: 'ingested', receipt: { ingested: 0, quarantined: 0 } });
    expect(await ports.traceLog.version('m1')).toBe(version);
    // It is not read again, and does not keep others from coming.
    await drop(bytes);
    expect(opened).toBe(1);
    expect(await drop(lines('t1'), { key: 'drops/m1/next.jsonl' })).toMatchObject({ receipt: { ingested: 1 } });
  });

  test('a file of which hardly anything can be used is given up before it fills the quarantine', async () => {
    const outcome = await drop(Buffer.from('{}\n'.repeat(100_000)), { badLines: 500 });
    expect(outcome.kind).toBe('ingested');
    const { quarantined: count } = await receipt();
    expect(count).toBeGreaterThan(500);
    expect(count).toBeLessThan(1_200);
    expect(await quarantined()).toContain('the rest was not read');
  });

  test('for a model that is not there it is refused with the reason, and taken once the model is there', async () => {
    const other = 'drops/m2/monday.jsonl';
    expect(await drop(lines('t1'), { key: other })).toMatchObject({
      kind: 'refused',
      modelId: 'm2',
      failure: { name: 'UnknownModel', cause: expect.stringContaining('m2') },
    });
    const written = await readJson(ports.objects, ingestReceiptKey('m2', other), ingestReceiptSchema);
    expect(written.failure?.mend).toContain('m1');
    await ports.lineage.createModel(sampleModel({ modelId: 'm2' }));
    expect(await drop(lines('t1'), { key: other })).toMatchObject({ kind: 'ingested', receipt: { ingested: 1 } });
  });

  test.each([
    'drops/monday.jsonl',
    'drops/m1/monday.doc',
    'drops/../m1/a.jsonl',
    'drops/m1/../../traces/m1/a.jsonl',
    'drops/m1/two\nlines.jsonl',
    'drops//a.jsonl',
    `drops/m1/${'x'.repeat(1_100)}.jsonl`,
  ])('a key that is none is noted and not read: %s', async (bad) => {
    expect(await drop(lines('t1'), { key: bad })).toMatchObject({ kind: 'refused', modelId: null });
    expect(opened).toBe(0);
    const [note = ''] = await ports.objects.list('quarantine/_drops/');
    expect(JSON.parse(new TextDecoder().decode(await ports.objects.get(note)))).toMatchObject({
      drop: bad,
      name: 'InvalidInput',
    });
  });

  test('takes a key that the event has encoded, and one with folders', async () => {
    const dated = 'drops/m1/date%3D2026-01-01/monday.jsonl';
    const real = 'drops/m1/date=2026-01-01/monday.jsonl';
    expect(await drop(lines('t1'), { key: real, named: dated })).toMatchObject({ kind: 'ingested', drop: real });
  });

  test.each([
    'drops/m1/export 2026-11-01T08:00:00+01:00.jsonl',
    'drops/m1/été/отчёт.csv.gz',
    'drops/m1/100%25.ndjson.zst',
    'drops/m1/A.PARQUET',
  ])('takes a name that producers write: %s', async (name) => {
    expect(await drop(lines('t1'), { key: name })).toMatchObject({
      kind: 'ingested',
      drop: name,
      receipt: { ingested: 1 },
    });
  });

  test('reads a file as the options of its model say, and as its own say before those', async () => {
    const row = (traceId: string) =>
      JSON.stringify({
        traceId,
        timestamp: '2026-01-01T00:00:00Z',
        input: 'text',
        output: 'spam',
        a: 'ham',
        b: 'spam',
      });
    besides.set('drops/m1/ratchet.json', '{"map": {"expected": "a"}, "judge": "human"}');
    await drop(Buffer.from(row('t1')));
    besides.set(`${key}.ratchet.json`, '{"map": {"expected": "b"}}');
    await drop(Buffer.from(row('t2')), { etag: 'etag-2' });
    const records = await ports.traceLog.read('m1', { limit: 10 });
    expect(records.map(({ trace, judgements: [judgement] }) => [trace.traceId, judgement])).toMatchObject([
      ['t1', { verdict: 'fail', expected: 'ham', judge: { kind: 'human' } }],
      ['t2', { verdict: 'pass', expected: 'spam', judge: { kind: 'rule' } }],
    ]);
    expect(await drop(Buffer.alloc(0), { key: 'drops/m1/ratchet.json' })).toEqual({ kind: 'nothing' });
  });

  test('refuses a file whose options cannot be read, in words', async () => {
    besides.set('drops/m1/ratchet.json', '{"maps": {}}');
    expect(await drop(lines('t1'))).toMatchObject({
      kind: 'refused',
      failure: { cause: expect.stringContaining('unknown: "maps"'), mend: expect.stringContaining('ratchet.json') },
    });
  });

  test('a folder that a console made is nothing', async () => {
    expect(await drop(Buffer.alloc(0), { key: 'drops/m1/' })).toEqual({ kind: 'nothing' });
    expect(await ports.objects.list('')).toEqual([]);
  });

  test('a fault that may pass is thrown, and leaves no receipt', async () => {
    const open = async () => {
      throw new RatchetError('StorageFailure', 'S3 is busy.');
    };
    expect((await rejection(ingestDrop({ key, etag: 'e', open }, ports))).name).toBe('StorageFailure');
    expect(await ports.objects.list('ingests/')).toEqual([]);
  });
});
