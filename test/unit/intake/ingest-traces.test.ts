import { beforeEach, describe, expect, test } from 'vitest';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';
import { effectiveJudgement } from '../../../shared/domain/traces/judgement.ts';
import { type BadLine, type IngestResult, ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { bytesOf } from './bytes.ts';

let ports: MemoryPorts;
const bad: BadLine[] = [];

beforeEach(async () => {
  ports = memoryPorts();
  bad.length = 0;
  await ports.lineage.createModel({
    modelId: 'mail',
    task: classificationTask(['ham', 'spam']),
    ...defaultBackEnds,
    trainerOptions: {},
    settings: defaultSettings,
    splitSalt: 'salt',
    createdAt: '2026-01-01T00:00:00Z',
  });
});

const line = (fields: Record<string, unknown>): string =>
  JSON.stringify({ traceId: 't1', timestamp: '2026-01-01T00:00:00Z', input: 'win now', output: 'ham', ...fields });
const byHuman = (id: string, expected: string) => ({ expected, judge: { kind: 'human', id, reason: '' } });

function ingest(...lines: string[]): Promise<IngestResult> {
  const sources = [{ name: 'traces.jsonl', open: async () => bytesOf(lines.join('\n')) }];
  return ingestTraces({ modelId: 'mail', sources, onBadLine: (found) => bad.push(found) }, ports);
}

const stored = () => ports.traceLog.read('mail', { limit: 1_000 });

describe('ingestTraces', () => {
  test('keeps traces with their judgements', async () => {
    const result = await ingest(line({ expected: 'spam' }), line({ traceId: 't2' }));
    expect(result).toEqual({ ingested: 2, judgements: 1, alreadyKnown: 0, erased: 0, quarantined: 0, quarantine: [] });
    expect(await stored()).toHaveLength(2);
  });

  test('changes nothing when the same file comes again', async () => {
    const lines = [line({ expected: 'spam' }), line({ traceId: 't2', verdict: 'pass' }), line(byHuman('ana', 'ham'))];
    await ingest(...lines);
    const version = await ports.traceLog.version('mail');
    ports.clock.advance(60_000);
    expect(await ingest(...lines)).toMatchObject({ ingested: 0, judgements: 0, alreadyKnown: 3 });
    expect(await ports.traceLog.version('mail')).toBe(version);
  });

  test('adds a judgement to a known trace, never a second trace', async () => {
    await ingest(line({ expected: 'spam' }));
    expect(await ingest(line(byHuman('ana', 'ham')))).toMatchObject({ ingested: 0, judgements: 1, alreadyKnown: 1 });
    const [record] = await stored();
    expect(record?.judgements).toHaveLength(2);
  });

  test('lets the latest human correction count, even when the clock was set back and the trace is old', async () => {
    await ingest(line(byHuman('ana', 'spam')));
    ports.clock.advance(-3_600_000);
    await ingest(line(byHuman('ben', 'ham')));
    await ingest(line(byHuman('cleo', 'spam')), line(byHuman('dan', 'ham')));
    const [record] = await stored();
    expect(effectiveJudgement(record?.judgements ?? [])?.judge.id).toBe('dan');
  });

  test('quarantines a known trace id with another input', async () => {
    await ingest(line({}));
    const result = await ingest(
      line({ input: 'other text' }),
      line({ traceId: 't2' }),
      line({ traceId: 't2', input: 'no' }),
    );
    expect(result).toMatchObject({ ingested: 1, quarantined: 2 });
    expect(bad.map(({ line: number, reason }) => [number, reason])).toEqual([
      [1, expect.stringContaining('another input')],
      [3, expect.stringContaining('another input')],
    ]);
  });

  test('judges the answer on record when the line judged another one', async () => {
    await ingest(line({ output: 'ham' }));
    await ingest(line({ output: 'spam', verdict: 'pass' }));
    const [record] = await stored();
    expect(record?.judgements).toMatchObject([{ verdict: 'fail', expected: 'spam' }]);
  });

  test('quarantines a bare failure of an answer that is not the one on record', async () => {
    await ingest(line({ output: 'ham' }));
    expect(await ingest(line({ output: 'spam', verdict: 'fail' }))).toMatchObject({ judgements: 0, quarantined: 1 });
  });

  test('writes bad lines to quarantine with file, line, reason, mend and the head of the text', async () => {
    const result = await ingest('{"traceId"', line({}), `"${'x'.repeat(5_000)}"`);
    expect(result).toMatchObject({ ingested: 1, quarantined: 2 });
    const [key = ''] = result.quarantine;
    expect(key).toMatch(/^quarantine\/mail\/[0-9a-f]{16}\.jsonl$/);
    const written = new TextDecoder()
      .decode(await ports.objects.get(key))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(written).toEqual(bad);
    expect(written[0]).toMatchObject({ file: 'traces.jsonl', line: 1, text: '{"traceId"' });
    expect(written[1].text).toHaveLength(300);
  });

  test('keeps hostile texts as they are', async () => {
    const input = `'; DROP TABLE traces; -- <script>alert(1)</script> \u001b[31m ${'\u0000'}`;
    await ingest(line({ traceId: '../../x; --', input }));
    expect(await stored()).toMatchObject([{ trace: { traceId: '../../x; --', input } }]);
  });

  test('quarantines what follows a damage and keeps what came before', async () => {
    const { RatchetError } = await import('../../../shared/domain/base/errors.ts');
    const damaged = async function* () {
      yield* bytesOf(`${line({})}\n`);
      throw new RatchetError('InvalidInput', 'a.gz is damaged: unexpected end of file.');
    };
    const sources = [{ name: 'a.gz', open: async () => damaged() }];
    const result = await ingestTraces({ modelId: 'mail', sources }, ports);
    expect(result).toMatchObject({ ingested: 1, quarantined: 1 });
  });

  test('refuses an unknown model', async () => {
    const error = await rejection(ingestTraces({ modelId: 'nobody', sources: [] }, ports));
    expect(error.name).toBe('UnknownModel');
  });
});
