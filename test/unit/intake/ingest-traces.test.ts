import { beforeEach, describe, expect, test } from 'vitest';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';
import { effectiveJudgement } from '../../../shared/domain/traces/judgement.ts';
import { whatCounts } from '../../../shared/domain/traces/what-counts.ts';
import type { ToldProblem } from '../../../shared/intake/file-problems.ts';
import { type IngestResult, nothingIngested } from '../../../shared/intake/ingest-result.ts';
import { ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import { plainReading } from '../../../shared/intake/normalise/reading-context.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { bytesOf } from './bytes.ts';

let ports: MemoryPorts;
const bad: ToldProblem[] = [];

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
    revision: 0,
    changes: [],
  });
});

const line = (fields: Record<string, unknown>): string =>
  JSON.stringify({ traceId: 't1', timestamp: '2026-01-01T00:00:00Z', input: 'win now', output: 'ham', ...fields });
const byHuman = (id: string, expected: string) => ({ expected, judge: { kind: 'human', id, reason: '' } });

function ingest(...lines: string[]): Promise<IngestResult> {
  const sources = [{ name: 'traces.jsonl', open: async () => bytesOf(lines.join('\n')) }];
  return ingestTraces({ modelId: 'mail', sources, onProblem: (found) => bad.push(found) }, ports);
}

const judgeTakenAs = (kind: string, count: number) => ({
  text: `judge not named: taken as ${kind}; --judge human says otherwise`,
  count,
});
const task = classificationTask(['ham', 'spam']);
const none = { trace: { input: '', output: null }, judgements: [] };
const stored = () => ports.traceLog.read('mail', { limit: 1_000 });

const score = (traceId: string, name: string, value: unknown, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    ...{ id: `${traceId}-${name}`, trace_id: traceId, observation_id: null, name, source: 'ANNOTATION' },
    ...{ data_type: 'BOOLEAN', value: Number(value), string_value: String(value) },
    ...{ timestamp: '2026-01-01 09:00:00.000000', author_user_id: 'ana', ...more },
  });
const correction = (traceId: string, label: string): string =>
  score(traceId, 'output', 0, { data_type: 'CORRECTION', string_value: label });

describe('scores of a tool', () => {
  const reading = { ...plainReading, scores: ['on_brand'] };

  test('a score that fails the answer leaves the correction of the same person, whichever comes first', async () => {
    await ingest(line({}), line({ traceId: 't2' }));
    await ingest(score('t1', 'correctness', false), correction('t1', 'spam'));
    await ingest(correction('t2', 'spam'), score('t2', 'correctness', false));
    for (const record of await stored()) {
      expect(whatCounts(record, task, classification)).toMatchObject({
        kind: 'counts',
        judgement: { expected: 'spam', verdict: 'fail' },
      });
    }
  });

  test('of several names those that speak of correctness are verdicts; all are told with counts', async () => {
    await ingest(line({}), line({ traceId: 't2' }));
    const result = await ingest(
      ...[score('t1', 'toxicity', false), score('t1', 'correctness', true), score('t2', 'toxicity', false)],
      ...[score('t2', 'correctness', false), score('t2', 'on_brand', true, { timestamp: '2026-01-02 09:00:00' })],
    );
    expect(result).toMatchObject({ judgements: 2, quarantined: 0 });
    expect(result.notes.filter(({ text }) => text.includes('scores'))).toEqual([
      { text: 'scores read as verdicts: correctness', count: 2 },
      { text: 'passed over: scores named toxicity (--score toxicity makes verdicts of them)', count: 2 },
      { text: 'passed over: scores named on_brand (--score on_brand makes verdicts of them)', count: 1 },
    ]);
    const verdicts = (await stored()).map(({ judgements }) => judgements.map(({ verdict }) => verdict));
    expect(verdicts).toEqual([['pass'], ['fail']]);
  });

  test('the only name is taken, and told', async () => {
    await ingest(line({}));
    const result = await ingest(score('t1', 'toxicity', false), score('t2', 'toxicity', true));
    expect(result).toMatchObject({ judgements: 2, parked: 1 });
    expect(result.notes).toContainEqual({ text: 'scores read as verdicts: toxicity', count: 2 });
  });

  test('those that a person names are verdicts, and no others', async () => {
    await ingest(line({}));
    const lines = [score('t1', 'correctness', false), score('t1', 'on_brand', true)];
    const sources = [{ name: 'scores.jsonl', open: async () => bytesOf(lines.join('\n')) }];
    const result = await ingestTraces({ modelId: 'mail', sources, reading }, ports);
    expect(result).toMatchObject({ judgements: 1 });
    const [record] = await stored();
    expect(record?.judgements).toMatchObject([{ verdict: 'pass', judge: { kind: 'human', id: 'ana (on_brand)' } }]);
  });
});

test('a file of which nothing can be used in the format that was named is unreadable, an empty one is not', async () => {
  const as = (format: string | null, text: string) =>
    ingestTraces({ modelId: 'mail', format, sources: [{ name: 'f', open: async () => bytesOf(text) }] }, ports);
  const trace = line({});
  expect(await as('otlp', trace)).toMatchObject({
    unreadable: 1,
    warnings: ['f: nothing of it could be used as otlp (--format)'],
  });
  expect(await as('otlp', '')).toMatchObject({ unreadable: 0 });
  expect(await as('ratchet', trace)).toMatchObject({ unreadable: 0, ingested: 1 });
  expect(await as(null, '{"resourceSpans":[]}')).toMatchObject({ unreadable: 0 });
});

describe('ingestTraces', () => {
  test('keeps traces with their judgements', async () => {
    const result = await ingest(line({ expected: 'spam' }), line({ traceId: 't2' }));
    expect(result).toEqual({
      ...nothingIngested,
      lines: 2,
      ingested: 2,
      judgements: 1,
      notes: [judgeTakenAs('rule', 1)],
    });
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

  test.each([
    ['ahead', 365 * 86_400_000],
    ['behind', -365 * 86_400_000],
  ])(
    'lets what came last count where the clock stood %s meanwhile, though both say when it was said',
    async (_, off) => {
      const said = (expected: string) => {
        const timestamp = new Date(ports.clock.now()).toISOString();
        return line({ expected, judge: { kind: 'human', id: 'ana', reason: '', timestamp } });
      };
      ports.clock.advance(Math.max(0, off));
      const first = said('spam');
      await ingest(first);
      ports.clock.advance(-Math.abs(off));
      const second = said('ham');
      await ingest(second);
      const counts = async () => {
        const [record] = await stored();
        return record === undefined ? undefined : whatCounts(record, task, classification);
      };
      expect(await counts()).toMatchObject({ kind: 'counts', judgement: { expected: 'ham' } });
      expect(await ingest(first, second)).toMatchObject({ judgements: 0, alreadyKnown: 2 });
      expect(await counts()).toMatchObject({ judgement: { expected: 'ham' } });
    },
  );

  test('lets what was said last count, whichever comes last, where no clock stood elsewhere', async () => {
    const said = (expected: string, timestamp: string) =>
      line({ expected, judge: { kind: 'human', id: 'ana', reason: '', timestamp } });
    await ingest(said('spam', '2025-12-31T12:00:00Z'));
    await ingest(said('ham', '2025-12-30T12:00:00Z'));
    const [record] = await stored();
    expect(effectiveJudgement(record?.judgements ?? [])?.expected).toBe('spam');
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

  test('writes bad lines to quarantine with file, line, reason, mend and the whole text', async () => {
    const result = await ingest('{"traceId"', line({}), `"${'x'.repeat(5_000)}"`, `"${'ü'.repeat(40_000)}"`);
    expect(result).toMatchObject({ ingested: 1, quarantined: 3 });
    const [key = ''] = result.quarantine;
    expect(key).toMatch(/^quarantine\/mail\/[0-9a-f]{16}\.jsonl$/);
    const written = new TextDecoder()
      .decode(await ports.objects.get(key))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(written).toHaveLength(3);
    expect(written[0]).toMatchObject({ file: 'traces.jsonl', line: 1, text: '{"traceId"' });
    expect(written[1]).toMatchObject({ text: `"${'x'.repeat(5_000)}"`, cut: false });
    expect(written[2]).toMatchObject({ cut: true });
  });

  test('keeps a beginning of bad lines once there are too many long ones, and says that they are cut', async () => {
    const result = await ingest(
      ...Array.from({ length: 300 }, (_, at) => `{"traceId": "t${at}", ${'x'.repeat(60_000)}`),
    );
    expect(result).toMatchObject({ quarantined: 300 });
    let size = 0;
    for (const key of result.quarantine) size += (await ports.objects.get(key))?.length ?? 0;
    expect(size).toBeGreaterThan(16_000_000);
    expect(size).toBeLessThan(17_000_000);
    const last = new TextDecoder()
      .decode(await ports.objects.get(result.quarantine.at(-1) ?? ''))
      .trim()
      .split('\n')
      .at(-1);
    expect(JSON.parse(last ?? '')).toMatchObject({ cut: true });
    expect(JSON.parse(last ?? '').text).toHaveLength(300);
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

  test('a judgement by trace id alone joins its known trace', async () => {
    await ingest(line({}));
    const result = await ingest(JSON.stringify({ traceId: 't1', ...byHuman('ana', 'spam') }));
    expect(result).toMatchObject({ ingested: 0, judgements: 1, alreadyKnown: 1, parked: 0, quarantined: 0 });
    expect(await stored()).toMatchObject([
      { judgements: [{ verdict: 'fail', expected: 'spam', judge: { id: 'ana' } }] },
    ]);
  });

  test('a correction of a known failure is counted as that, and not as one more failure', async () => {
    const alone = (said: Record<string, unknown>) => JSON.stringify({ traceId: 't1', ...said });
    const judge = { kind: 'human', id: 'ana', reason: '' };
    await ingest(line({ verdict: 'fail', judge }));
    await ingest(alone({ expected: 'spam', judge }));
    await ingest(alone({ expected: 'spam', judge: { ...judge, id: 'ben' } }));
    await ingest(alone({ expected: 'ham', judge }), alone({ expected: 'ham', judge: { ...judge, id: 'ben' } }));
    expect(await ports.traceLog.history('mail')).toMatchObject([
      { judged: 1, failed: 1, corrected: 0 },
      { judged: 0, failed: 0, corrected: 1 },
      { judged: 0, failed: 0, corrected: 0 },
      { judged: 1, failed: 0, corrected: 0 },
    ]);
  });

  test('a judgement of a trace that is not here waits for it, and is evidence when it comes', async () => {
    const alone = JSON.stringify({ traceId: 't1', ...byHuman('ana', 'spam') });
    expect(await ingest(alone)).toMatchObject({ ingested: 0, judgements: 1, parked: 1, quarantined: 0 });
    expect(await ingest(alone)).toMatchObject({ judgements: 0, parked: 0, alreadyKnown: 1 });
    ports.clock.advance(60_000);
    expect(await ingest(line({}))).toMatchObject({ ingested: 1, judgements: 0 });
    expect(await ingest(alone)).toMatchObject({ judgements: 0, parked: 0, alreadyKnown: 1 });
    const [record] = await stored();
    expect(record?.judgements).toHaveLength(1);
    expect(whatCounts(record ?? none, task, classification)).toMatchObject({
      kind: 'counts',
      judgement: { verdict: 'fail', expected: 'spam' },
    });
    expect(await ports.traceLog.history('mail')).toMatchObject([
      { traces: 0, judged: 0, failed: 0 },
      { traces: 1, judged: 1, failed: 1 },
    ]);
  });

  test('a judgement may come before its trace within a file', async () => {
    const result = await ingest(JSON.stringify({ traceId: 't1', verdict: 'fail' }), line({}));
    expect(result).toMatchObject({ ingested: 1, judgements: 1, parked: 0 });
  });

  test('the time that a judgement names decides, not when it comes', async () => {
    const at = (timestamp: string, expected: string) => ({
      expected,
      judge: { kind: 'human', id: 'ana', reason: '', timestamp },
    });
    await ingest(line(at('2025-12-02T00:00:00Z', 'ham')), line(at('2025-12-01T00:00:00Z', 'spam')));
    await ingest(line(at('2025-11-30T00:00:00Z', 'spam')));
    const [record] = await stored();
    expect(whatCounts(record ?? none, task, classification)).toMatchObject({ judgement: { expected: 'ham' } });
  });

  test('counts the traces about which people disagree, until a majority settles it', async () => {
    const result = await ingest(line(byHuman('ana', 'ham')), line(byHuman('bo', 'spam')));
    expect(result).toMatchObject({ judgements: 2, disputed: 1 });
    expect(await ports.traceLog.history('mail')).toMatchObject([{ judged: 0, failed: 0 }]);
    expect(await ingest(line(byHuman('cy', 'spam')))).toMatchObject({ disputed: 0 });
    expect((await ports.traceLog.history('mail')).at(-1)).toMatchObject({ judged: 1, failed: 1 });
  });

  test('keeps the trace and holds the judgement whose label is unknown, and names it', async () => {
    const result = await ingest(
      line(byHuman('ana', 'privacy')),
      line({ traceId: 't2', ...byHuman('ana', 'privacy') }),
      line({ traceId: 't3', ...byHuman('ana', 'hamm') }),
      line({ traceId: 't4', ...byHuman('ana', 'SPAM') }),
    );
    expect(result).toMatchObject({
      ingested: 4,
      judgements: 4,
      quarantined: 0,
      held: 3,
      unknownOutputs: [
        { output: 'privacy', judgements: 2, nearest: null },
        { output: 'hamm', judgements: 1, nearest: 'ham' },
      ],
      notes: [{ text: '"SPAM" read as "spam"', count: 1 }],
    });
    expect(await ports.traceLog.history('mail')).toMatchObject([{ judgements: 4, judged: 1, failed: 1 }]);
  });

  test('tells one thing of a file whose lines all lack the same', async () => {
    const lines = Array.from({ length: 20 }, (_, at) => line({ traceId: null, input: `text ${at}` }));
    const result = await ingest(...lines);
    expect(result).toMatchObject({ ingested: 0, quarantined: 20 });
    expect(bad).toEqual([expect.objectContaining({ line: 0, lines: 20, reason: '"traceId": is missing' })]);
  });

  test('tells each bad line of a file that has good ones', async () => {
    await ingest(line({ traceId: null }), line({}), line({ traceId: null }));
    expect(bad.map(({ line: number, lines }) => [number, lines])).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  test('says which field was probably meant where nothing was judged', async () => {
    const named = (fields: Record<string, string>) =>
      ['t1', 't2', 't3'].map((traceId) => line({ traceId, user: 'u1', ...fields }));
    expect((await ingest(...named({ label: 'spam' }))).warnings).toEqual([
      'traces.jsonl: no line was judged; unknown: label (3), user (3); if that is what was judged, ingest it with --map expected=label',
    ]);
    expect((await ingest(...named({ 'verdict ': 'spam' }))).warnings[0]).toContain("--map 'expected=verdict '");
    expect((await ingest(...named({ rating: '0.3' }))).warnings[0]).toContain('--map score=rating --pass-at 0.5');
  });

  test('quarantine keeps only what has not come in since', async () => {
    const first = await ingest(line({ timestamp: 'yesterday' }), line({ traceId: 't2', timestamp: 'today' }));
    expect(first).toMatchObject({ quarantined: 2, cleared: 0 });
    expect(await ingest(line({}))).toMatchObject({ ingested: 1, cleared: 1 });
    const [key = ''] = first.quarantine;
    expect(new TextDecoder().decode(await ports.objects.get(key)).match(/"traceId"/g)).toHaveLength(1);
    expect(await ingest(line({ traceId: 't2' }))).toMatchObject({ cleared: 1 });
    expect(await ports.objects.list('quarantine/')).toEqual([]);
    await ingest(line({ traceId: 't3' }).slice(0, -2));
    expect(await ingest(line({ traceId: 't3' }))).toMatchObject({ ingested: 1, cleared: 1 });
    expect(await ports.objects.list('quarantine/')).toEqual([]);
  });

  test('an empty file is nothing to do', async () => {
    const result = await ingest('');
    expect(result).toEqual({ ...nothingIngested, warnings: ['traces.jsonl is empty: nothing to do'] });
  });

  test('a dry run shows what would be stored, and writes nothing', async () => {
    const sources = [
      {
        name: 'a',
        open: async () =>
          bytesOf(['t1', 't2', 't3', 't4'].map((traceId) => line({ traceId, expected: 'spam' })).join('\n')),
      },
    ];
    const result = await ingestTraces({ modelId: 'mail', sources, dryRun: true }, ports);
    expect(result).toMatchObject({ ingested: 4, judgements: 4 });
    expect(result.samples).toHaveLength(3);
    expect(result.samples[0]).toMatchObject({ trace: { traceId: 't1' }, judgements: [{ expected: 'spam' }] });
    expect(await stored()).toEqual([]);
  });

  test('refuses an unknown model', async () => {
    const error = await rejection(ingestTraces({ modelId: 'nobody', sources: [] }, ports));
    expect(error.name).toBe('UnknownModel');
  });
});

describe('ingestTraces of a model that redacts', () => {
  beforeEach(async () => {
    ports = memoryPorts();
    await ports.lineage.createModel({
      modelId: 'mail',
      task,
      ...defaultBackEnds,
      trainerOptions: {},
      settings: { ...defaultSettings, redact: ['email', 'card'], redactPatterns: ['CUSTOMER=CU-\\d{4}'] },
      splitSalt: 'salt',
      createdAt: '2026-01-01T00:00:00Z',
      revision: 0,
      changes: [],
    });
  });

  test('stores placeholders, never what they stand for, in the log and in quarantine', async () => {
    const input = 'I am jane@b.org, CU-1234, card 4111 1111 1111 1111; write to jane@b.org';
    const result = await ingest(
      line({ input, ...byHuman('ana', 'spam'), metadata: { mail: 'jane@b.org' } }),
      `{"traceId": "t2", "input": "from jane@b.org and ${'x'.repeat(260)} 4111 1111 1111 1111`,
    );
    expect(result).toMatchObject({ ingested: 1, quarantined: 1 });
    expect((await stored())[0]?.trace).toMatchObject({
      input: 'I am «EMAIL-1», «CUSTOMER-1», card «CARD-1»; write to «EMAIL-1»',
      metadata: { mail: '«EMAIL-1»' },
    });
    const [key = ''] = await ports.objects.list('quarantine/');
    const kept = new TextDecoder().decode(await ports.objects.get(key));
    expect(kept).toContain('«EMAIL-1»');
    expect(kept).not.toMatch(/jane@b|4111/);
    const secret = '4111 1111 1111 1111';
    await ingest(`{"traceId": "t3", "input": "${'x'.repeat(65_536 - 34)} ${secret}`);
    for (const other of await ports.objects.list('quarantine/'))
      expect(new TextDecoder().decode(await ports.objects.get(other))).not.toContain('4111');
  });

  test('knows the same file again', async () => {
    const one = line({ input: 'I am jane@b.org', ...byHuman('ana', 'spam') });
    await ingest(one);
    expect(await ingest(one)).toMatchObject({ ingested: 0, judgements: 0, alreadyKnown: 1, quarantined: 0 });
  });

  test('lets other detectors find more', async () => {
    const find = (text: string) => (text.includes('Jane') ? [{ start: 0, end: 4, kind: 'PERSON', value: 'jane' }] : []);
    const own = { ...ports, detectors: [{ name: 'person', find }] };
    const sources = [{ name: 'x', open: async () => bytesOf(line({ input: 'Jane of a@b.org' })) }];
    await ingestTraces({ modelId: 'mail', sources }, own);
    expect((await stored())[0]?.trace.input).toBe('«PERSON-1» of «EMAIL-1»');
  });
});

describe('ingestTraces of erased traces', () => {
  test('passes them over, their judgements and their bad lines too, and says so', async () => {
    await ingest(line({}), line({ traceId: 't2' }));
    await ports.traceLog.erase('mail', ['t1']);
    const again = await ingest(
      line({ expected: 'spam' }),
      line({ traceId: 't2' }),
      JSON.stringify({ traceId: 't1', verdict: 'fail' }),
      line({ timestamp: 'never' }),
    );
    expect(again).toMatchObject({ ingested: 0, judgements: 0, alreadyKnown: 1, erased: 3, quarantined: 0 });
    expect((await stored()).map(({ trace }) => trace.traceId)).toEqual(['t2']);
    expect(await ports.objects.list('quarantine/')).toEqual([]);
  });
});
