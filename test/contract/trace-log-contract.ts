import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digest } from '../../shared/domain/base/ids.ts';
import { asOutput } from '../../shared/domain/base/output.ts';
import type { Trace } from '../../shared/domain/traces/trace.ts';
import type { LoggedTrace, TraceLog } from '../../shared/ports/trace-log.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import type { FixedClock } from '../helpers/fixed-clock.ts';
import { rejection } from '../helpers/rejection.ts';
import { hostileTexts, sampleJudgement, sampleTrace } from '../helpers/trace-samples.ts';

export interface TraceLogFixture {
  readonly log: TraceLog;
  /** The clock that dates the batches. */
  readonly clock: FixedClock;
  dispose(): Promise<void>;
}

const all = { limit: 1_000_000 };

/** What every trace log does. */
export function traceLogContract(name: string, create: () => Promise<TraceLogFixture>): void {
  describe(`${name} as a trace log`, () => {
    let fixture: TraceLogFixture;
    let log: TraceLog;
    beforeEach(async () => {
      fixture = await create();
      log = fixture.log;
    });
    afterEach(() => fixture.dispose());

    test('is empty at first', async () => {
      expect(await log.read('m1', all)).toEqual([]);
      expect(await log.knownTraces('m1', ['t1'])).toEqual(new Map());
      expect(await log.version('m1')).toBe(await log.version('m2'));
    });

    test('gives back a trace with all its parts, and its judgements', async () => {
      const trace = sampleTrace({
        timestamp: '2026-03-04T05:06:07.891234+02:00',
        checkpointId: 'c1',
        confidence: 0.1 + 0.2,
        steps: [
          { type: 'reasoning', output: 'because' },
          {
            type: 'tool_call',
            name: 'f',
            input: { a: [1, null, 'x'] },
            timestamp: '2026-01-01T00:00:00Z',
            durationMs: 1.5,
          },
        ],
        metadata: { nested: { deep: [true, false, null] }, 'odd key\0': "it's", lone: '\ud800' },
      });
      const judgements = [sampleJudgement(), bare(sampleJudgement({ judgementId: 'j2', verdict: 'pass' }))];
      await log.append('m1', 'b1', { traces: [trace], judgements });
      expect(await log.read('m1', all)).toEqual([{ trace, judgements }]);
    });

    test('gives judgements of traces that have not come, and joins them when they do', async () => {
      const judgement = sampleJudgement();
      await log.append('m1', 'b1', { traces: [], judgements: [judgement], verdicts: { judged: 0, failed: 0 } });
      expect(await log.judgementsOf('m1', ['t1', 't2'])).toEqual(new Map([['t1', [judgement]]]));
      expect(await log.read('m1', all)).toEqual([]);
      const trace = sampleTrace();
      await log.append('m1', 'b2', { traces: [trace], judgements: [], verdicts: { judged: 1, failed: 1 } });
      expect(await log.read('m1', all)).toEqual([{ trace, judgements: [judgement] }]);
      expect(await log.history('m1')).toMatchObject([
        { judgements: 1, judged: 0, failed: 0 },
        { judgements: 0, judged: 1, failed: 1 },
      ]);
    });

    test('tells of how many known failures a batch brought the right output, also once one of them is erased', async () => {
      const traces = ['t1', 't2'].map((traceId) => sampleTrace({ traceId }));
      const corrections = traces.map(({ traceId }) => sampleJudgement({ judgementId: `j-${traceId}`, traceId }));
      await log.append('m1', 'b1', { traces, judgements: [], verdicts: { judged: 0, failed: 0 } });
      const verdicts = { judged: 0, failed: 0, corrected: 2 };
      await log.append('m1', 'b2', { traces: [], judgements: corrections, verdicts });
      expect((await log.history('m1')).at(-1)).toMatchObject(verdicts);
      await log.erase('m1', ['t1']);
      expect((await log.history('m1')).at(-1)).toMatchObject({ judged: 0, failed: 0, corrected: 1 });
    });

    test('tells absent parts from empty ones', async () => {
      const traces = [
        sampleTrace({ traceId: 'absent', output: null }),
        sampleTrace({ traceId: 'empty', steps: [], metadata: {}, input: '', confidence: 0 }),
      ];
      await log.append('m1', 'b1', { traces, judgements: [] });
      expect((await log.read('m1', all)).map(({ trace }) => trace)).toEqual(traces);
    });

    test('gives back outputs that are no text exactly, beside labels', async () => {
      const entities = asOutput({
        entities: [{ type: 'city', start: 0, end: 5, 'odd \ufeff': ['\ud800', null, 0.1] }],
      });
      const traces = [
        sampleTrace({ traceId: 'a', output: entities }),
        sampleTrace({ traceId: 'b', output: asOutput([]) }),
        sampleTrace({ traceId: 'c', output: asOutput(0) }),
        sampleTrace({ traceId: 'd', output: labelOutput('{"entities": []}') }),
        sampleTrace({ traceId: 'e', output: null }),
      ];
      const judgements = [
        sampleJudgement({ traceId: 'a', expected: asOutput({ entities: [] }) }),
        sampleJudgement({ traceId: 'd', expected: labelOutput('[]') }),
      ];
      await log.append('m1', 'b1', { traces, judgements });
      expect((await log.read('m1', all)).map(({ trace }) => trace)).toEqual(traces);
      expect((await log.read('m1', all)).flatMap((record) => record.judgements)).toEqual(judgements);
    });

    test('reads newest first by instant, those of one time by id, and no more than the limit', async () => {
      const traces = [
        sampleTrace({ traceId: 'oldest', timestamp: '2025-12-31T23:30:00Z' }),
        sampleTrace({ traceId: 'middle-b', timestamp: '2026-01-01T00:00:00Z' }),
        sampleTrace({ traceId: 'newest', timestamp: '2026-01-01T00:00:00.001Z' }),
        sampleTrace({ traceId: 'middle-a', timestamp: '2026-01-01T01:00:00+01:00' }),
      ];
      await log.append('m1', 'b1', { traces: traces.slice(0, 2), judgements: [] });
      await log.append('m1', 'b2', { traces: traces.slice(2), judgements: [] });
      expect(ids(await log.read('m1', all))).toEqual(['newest', 'middle-a', 'middle-b', 'oldest']);
      expect(ids(await log.read('m1', { limit: 2 }))).toEqual(['newest', 'middle-a']);
      expect(ids(await log.read('m1', { limit: 0 }))).toEqual([]);
    });

    test('puts no trace before those that came in later, whatever clocks and times say', async () => {
      const year = 365 * 86_400_000;
      const at = (ahead = 0) => new Date(fixture.clock.now() + ahead).toISOString();
      const put = (traceId: string, timestamp: string) =>
        log.append('m1', `b-${traceId}`, { traces: [sampleTrace({ traceId, timestamp })], judgements: [] });
      await put('nines', '9999-12-31T00:00:00Z');
      await put('zeros', '0000-01-01T00:00:00Z');
      fixture.clock.advance(year);
      await put('ahead', at());
      fixture.clock.advance(-year);
      await put('minute', at(-60_000));
      await put('year-old', at(-year));
      fixture.clock.advance(-60 * year);
      await put('of-1966', at());
      fixture.clock.advance(60 * year);
      await put('now', at());
      expect(ids(await log.read('m1', all))).toEqual([
        'now',
        'of-1966',
        'ahead',
        'zeros',
        'nines',
        'minute',
        'year-old',
      ]);
      expect(ids(await log.read('m1', { limit: 2, through: 5 }))).toEqual(['ahead', 'zeros']);
    });

    test('reads the traces that were asked for, whatever else their ids say', async () => {
      const traceIds = hostileTexts.filter((text) => text !== '').map((text) => text.slice(0, 500));
      const traces = traceIds.map((traceId) => sampleTrace({ traceId }));
      await log.append('m1', 'b1', { traces, judgements: [] });
      for (const traceId of traceIds)
        expect(ids(await log.read('m1', { ...all, traceIds: [traceId] }))).toEqual([traceId]);
      expect(ids(await log.read('m1', { ...all, traceIds: ['none', 't1'] }))).toEqual([]);
      expect(ids(await log.read('m1', { ...all, traceIds: [] }))).toEqual([]);
      expect([...(await log.knownTraces('m1', [...traceIds, 'none'])).keys()]).toEqual(traceIds);
    });

    test('tells which traces it knows, with the digest of their inputs', async () => {
      await log.append('m1', 'b1', {
        traces: [sampleTrace({ input: 'a' }), sampleTrace({ traceId: 't2', input: '' })],
        judgements: [],
      });
      const known = await log.knownTraces('m1', ['t2', 'none', 't1']);
      expect(known).toEqual(
        new Map([
          ['t1', { inputDigest: digest('a') }],
          ['t2', { inputDigest: digest('') }],
        ]),
      );
      expect(await log.knownTraces('m1', [])).toEqual(new Map());
      expect(await log.knownTraces('m2', ['t1'])).toEqual(new Map());
    });

    test('gives back hostile texts exactly, wherever they stand', async () => {
      const traces = hostileTexts.map((text, index) =>
        sampleTrace({
          traceId: `t${index}`,
          input: text,
          output: labelOutput(text),
          checkpointId: text,
          metadata: { text },
        }),
      );
      const judgements = hostileTexts.map((text, index) =>
        sampleJudgement({
          judgementId: `j${index}`,
          traceId: `t${index}`,
          expected: labelOutput(text),
          judge: { kind: 'llm', id: text, reason: text },
        }),
      );
      await log.append('m1', 'b1', { traces, judgements });
      const byId = new Map((await log.read('m1', all)).map((record) => [record.trace.traceId, record]));
      for (const [index, trace] of traces.entries()) {
        expect(byId.get(trace.traceId)).toEqual({ trace, judgements: [judgements[index]] });
      }
    });

    test('gives back any text; only lone surrogates become U+FFFD, and their digest stays the same', async () => {
      let batch = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 20 }), async (inputs) => {
          batch += 1;
          const traces = inputs.map((input, index) => sampleTrace({ traceId: `${batch}-${index}`, input }));
          await log.append('m1', `b${batch}`, { traces, judgements: [] });
          const traceIds = traces.map((trace) => trace.traceId);
          const records = await log.read('m1', { ...all, traceIds });
          const read = new Map(records.map(({ trace }) => [trace.traceId, trace.input]));
          const known = await log.knownTraces('m1', traceIds);
          for (const trace of traces) {
            expect(read.get(trace.traceId)).toBe(trace.input.toWellFormed());
            expect(known.get(trace.traceId)?.inputDigest).toBe(digest(trace.input));
          }
        }),
        { numRuns: 15 },
      );
    });

    test('counts a batch once, whatever comes under its id later', async () => {
      const batch = { traces: [sampleTrace()], judgements: [sampleJudgement()] };
      await log.append('m1', 'b1', batch);
      const before = { records: await log.read('m1', all), version: await log.version('m1') };
      await log.append('m1', 'b1', batch);
      await log.append('m1', 'b1', { traces: [sampleTrace({ traceId: 't2' })], judgements: [] });
      expect({ records: await log.read('m1', all), version: await log.version('m1') }).toEqual(before);
    });

    test('counts a batch once when it is appended several times at once', async () => {
      const batch = { traces: [sampleTrace()], judgements: [sampleJudgement()] };
      await Promise.all(Array.from({ length: 5 }, () => log.append('m1', 'b1', batch)));
      expect(await log.read('m1', all)).toEqual([{ trace: batch.traces[0], judgements: batch.judgements }]);
    });

    test('appends nothing where the log moved on with traces of the batch since it was read, and says so', async () => {
      const [one, two, three] = ['t1', 't2', 't3'].map((traceId) => sampleTrace({ traceId })) as [Trace, Trace, Trace];
      expect(await log.append('m1', 'first', { traces: [one], judgements: [], seen: 0 })).toBe('appended');
      const late = { traces: [one, two], judgements: [], seen: 0 };
      expect(await log.append('m1', 'late', late)).toBe('overtaken');
      expect(ids(await log.read('m1', all))).toEqual(['t1']);
      expect(await log.append('m1', 'rest', { traces: [two], judgements: [], seen: 1 })).toBe('appended');
      // What is judged, and what judges, is about the same trace; other traces and what was seen are in nobody's way.
      const judging = { traces: [], judgements: [sampleJudgement({ traceId: 't2' })] };
      expect(await log.append('m1', 'judging', { ...judging, seen: 1 })).toBe('overtaken');
      expect(await log.append('m1', 'judging', { ...judging, seen: 2 })).toBe('appended');
      expect(await log.append('m1', 'again', { traces: [two], judgements: [], seen: 2 })).toBe('overtaken');
      expect(await log.append('m1', 'other', { traces: [three], judgements: [], seen: 0 })).toBe('appended');
      // The same batch is there, whatever came since, and who has read nothing is not asked.
      expect(await log.append('m1', 'first', { traces: [one], judgements: [], seen: 0 })).toBe('appended');
      expect(await log.append('m1', 'blind', { traces: [one], judgements: [] })).toBe('appended');
      expect((await log.history('m1')).map(({ batchId }) => batchId)).toEqual([
        'first',
        'rest',
        'judging',
        'other',
        'blind',
      ]);
    });

    test('lets one of several batches that are about the same traces in, when they come at once', async () => {
      const said = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          log.append('m1', `b${index}`, {
            traces: [sampleTrace(), sampleTrace({ traceId: `own-${index}` })],
            judgements: [],
            seen: 0,
          }),
        ),
      );
      expect(said.filter((one) => one === 'appended')).toHaveLength(1);
      expect(await log.read('m1', all)).toHaveLength(2);
    });

    test('takes different batches at once', async () => {
      const names = Array.from({ length: 6 }, (_, index) => `t${index}`);
      await Promise.all(
        names.map((traceId) =>
          log.append('m1', `b-${traceId}`, { traces: [sampleTrace({ traceId })], judgements: [] }),
        ),
      );
      expect(ids(await log.read('m1', all))).toEqual(names);
    });

    test('names a state by its batches', async () => {
      const versions = [await log.version('m1')];
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
      versions.push(await log.version('m1'));
      await log.append('m1', 'b2', { traces: [], judgements: [sampleJudgement()] });
      versions.push(await log.version('m1'));
      await log.append('m1', 'b3', { traces: [], judgements: [] });
      versions.push(await log.version('m1'));
      expect(new Set(versions).size).toBe(4);
      expect(await log.version('m1')).toBe(versions[3]);
      expect(await log.version('m2')).toBe(versions[0]);
    });

    test('keeps the first of traces with one id, within a batch and between batches', async () => {
      const first = sampleTrace({ input: 'first' });
      await log.append('m1', 'z-first', {
        traces: [first, sampleTrace({ input: 'twin', timestamp: '2026-05-01T00:00:00Z' })],
        judgements: [],
      });
      await log.append('m1', 'a-later', {
        traces: [sampleTrace({ input: 'later', timestamp: '2026-06-01T00:00:00Z' })],
        judgements: [],
      });
      expect((await log.read('m1', all)).map(({ trace }) => trace)).toEqual([first]);
      expect((await log.knownTraces('m1', ['t1'])).get('t1')?.inputDigest).toBe(digest('first'));
      expect(await log.read('m1', { ...all, after: 1 })).toEqual([]);
    });

    test('joins judgements in order of arrival, each once, also one that came before its trace', async () => {
      const judgement = (judgementId: string) => sampleJudgement({ judgementId, judgedAt: '2020-01-01T00:00:00Z' });
      await log.append('m1', 'c', {
        traces: [],
        judgements: [judgement('j3'), sampleJudgement({ judgementId: 'x', traceId: 'orphan' })],
      });
      await log.append('m1', 'b', { traces: [sampleTrace()], judgements: [judgement('j1'), judgement('j9')] });
      await log.append('m1', 'a', { traces: [], judgements: [judgement('j2'), judgement('j1')] });
      const [record, ...others] = await log.read('m1', all);
      expect(others).toEqual([]);
      expect(record?.judgements.map((found) => found.judgementId)).toEqual(['j3', 'j1', 'j9', 'j2']);
    });

    test('leaves out what was taken back, up to where it is read, and gives it where it is asked for', async () => {
      const [one, two] = [sampleJudgement(), sampleJudgement({ judgementId: 'j2', verdict: 'pass' })];
      const back = bare(sampleJudgement({ judgementId: 'r1', verdict: null, retracts: 'j1' }));
      const stranger = bare(sampleJudgement({ judgementId: 'r2', verdict: null, traceId: 't2', retracts: 'j2' }));
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [one, two] });
      await log.append('m1', 'b2', { traces: [], judgements: [back, stranger] });
      // The same judgement again does not bring it back.
      await log.append('m1', 'b3', { traces: [], judgements: [one] });
      const judgements = async (options: object = {}) =>
        (await log.read('m1', { ...all, ...options })).flatMap((record) => record.judgements);
      expect(await judgements()).toEqual([two]);
      expect(await judgements({ through: 1 })).toEqual([one, two]);
      expect(await judgements({ retracted: true })).toEqual([one, two, back]);
      expect(await log.judgementsOf('m1', ['t1'])).toEqual(new Map([['t1', [one, two, back]]]));
      expect(await log.history('m1')).toMatchObject([
        { judged: 1, failed: 0 },
        { judgements: 2, judged: 0, failed: 0 },
        { judgements: 1 },
      ]);
    });

    test('counts none of the judgements that a later batch takes back, whatever is erased of either', async () => {
      const judged = (at: number) => sampleJudgement({ judgementId: `j${at}`, traceId: `t${at}` });
      const back = (at: number) =>
        bare(sampleJudgement({ judgementId: `r${at}`, verdict: null, traceId: `t${at}`, retracts: `j${at}` }));
      await log.append('m1', 'b1', {
        traces: [1, 2, 3].map((at) => sampleTrace({ traceId: `t${at}` })),
        judgements: [judged(3)],
      });
      await log.append('m1', 'action', { traces: [], judgements: [judged(1), judged(2)] });
      const counts = async (options = {}) =>
        (await log.history('m1', options)).map(({ judgements, judged, failed }) => [judgements, judged, failed]);
      expect(await counts({ after: 1 })).toEqual([[2, 2, 2]]);
      await log.append('m1', 'undo', { traces: [], judgements: [back(1), back(2)], takesBack: 'action' });
      expect(await counts()).toEqual([
        [1, 1, 1],
        [2, 0, 0],
        [2, 0, 0],
      ]);
      expect(await counts({ after: 2 })).toEqual([[2, 0, 0]]);
      await log.erase('m1', ['t1']);
      expect(await counts()).toEqual([
        [1, 1, 1],
        [1, 0, 0],
        [1, 0, 0],
      ]);
    });

    test('reads only what was appended in a window, but of the traces in it all judgements up to its end', async () => {
      for (const batchId of ['b1', 'b2', 'b3']) {
        await log.append('m1', batchId, {
          traces: [sampleTrace({ traceId: batchId, timestamp: '2026-01-01T00:00:00Z' })],
          judgements: [
            sampleJudgement({ judgementId: `${batchId}-of-b1`, traceId: 'b1' }),
            sampleJudgement({ judgementId: `${batchId}-of-b2`, traceId: 'b2' }),
          ],
        });
        // No clock has a say in it.
        fixture.clock.advance(batchId === 'b1' ? 40_000_000_000 : -80_000_000_000);
      }
      const read = async (after: number | null, through?: number) =>
        (await log.read('m1', { ...all, after, ...(through !== undefined && { through }) })).map(
          ({ trace, judgements }) => [trace.traceId, ...judgements.map((found) => found.judgementId)],
        );
      const whole = [['b3'], ['b2', 'b1-of-b2', 'b2-of-b2', 'b3-of-b2'], ['b1', 'b1-of-b1', 'b2-of-b1', 'b3-of-b1']];
      expect(await read(null)).toEqual(whole);
      expect(await read(null, 3)).toEqual(whole);
      expect(await read(1)).toEqual(whole.slice(0, 2));
      expect(await read(3)).toEqual([]);
      expect(await read(1, 2)).toEqual([['b2', 'b1-of-b2', 'b2-of-b2']]);
      expect(await read(null, 1)).toEqual([['b1', 'b1-of-b1']]);
      expect(await read(null, 0)).toEqual([]);
    });

    test('reads traces of any age that a person judged in a window, with all their judgements', async () => {
      const human = sampleJudgement({ judgementId: 'h-known', traceId: 'known' });
      const rule = { kind: 'rule', id: 'r', reason: '' } as const;
      await log.append('m1', 'z-old', {
        traces: ['corrected', 'known', 'ruled', 'untouched'].map((traceId) => sampleTrace({ traceId })),
        judgements: [human, sampleJudgement({ judgementId: 'r1', traceId: 'corrected', judge: rule })],
      });
      fixture.clock.advance(-60_000);
      await log.append('m1', 'a-new', {
        traces: [sampleTrace({ traceId: 'new' }), sampleTrace({ traceId: 'new-judged' })],
        judgements: [
          human,
          sampleJudgement({ judgementId: 'h1', traceId: 'corrected', judgedAt: '2001-01-01T00:00:00Z' }),
          sampleJudgement({ judgementId: 'h2', traceId: 'new-judged' }),
          sampleJudgement({ judgementId: 'r2', traceId: 'ruled', judge: rule }),
          sampleJudgement({ judgementId: 'h3', traceId: 'never-seen' }),
        ],
      });
      await log.append('m1', 'later', {
        traces: [],
        judgements: [sampleJudgement({ judgementId: 'h4', traceId: 'untouched' })],
      });
      const read = async (options: { humanJudgedAfter: number; through?: number; traceIds?: string[] }) =>
        (await log.read('m1', { ...all, ...options })).map(({ trace, judgements }) => [
          trace.traceId,
          ...judgements.map((found) => found.judgementId),
        ]);
      expect(await read({ humanJudgedAfter: 1, through: 2 })).toEqual([
        ['corrected', 'r1', 'h1'],
        ['new-judged', 'h2'],
      ]);
      expect(await read({ humanJudgedAfter: 1 })).toEqual([
        ['corrected', 'r1', 'h1'],
        ['new-judged', 'h2'],
        ['untouched', 'h4'],
      ]);
      expect(await read({ humanJudgedAfter: 2 })).toEqual([['untouched', 'h4']]);
      expect(await read({ humanJudgedAfter: 2, traceIds: ['corrected'] })).toEqual([]);
      expect(ids(await log.read('m1', { limit: 1, humanJudgedAfter: 1 }))).toEqual(['corrected']);
      expect(await read({ humanJudgedAfter: 3 })).toEqual([]);
    });

    test('tells what each batch brought, counting a judged trace once, by the judgement that counts', async () => {
      const llm = { kind: 'llm', id: 'judge', reason: '' } as const;
      await log.append('m1', 'b1', {
        traces: ['t1', 't2', 't3'].map((traceId) => sampleTrace({ traceId })),
        judgements: [
          sampleJudgement({ judgementId: 'j1', traceId: 't1', verdict: 'pass' }),
          sampleJudgement({ judgementId: 'j2', traceId: 't1', verdict: 'fail', judge: llm }),
          sampleJudgement({ judgementId: 'j3', traceId: 't2' }),
        ],
      });
      const between = new Date(fixture.clock.now()).toISOString();
      fixture.clock.advance(1_000);
      await log.append('m1', 'b2', { traces: [], judgements: [sampleJudgement({ judgementId: 'j4', traceId: 't3' })] });
      const appendedAt = new Date(fixture.clock.now()).toISOString();
      const second = {
        position: 2,
        batchId: 'b2',
        appendedAt,
        traces: 0,
        judgements: 1,
        judged: 1,
        failed: 1,
        corrected: 0,
      };
      expect(await log.history('m1')).toEqual([
        { ...second, position: 1, batchId: 'b1', appendedAt: between, traces: 3, judgements: 3, judged: 2 },
        second,
      ]);
      expect(await log.history('m1', { after: 1 })).toEqual([second]);
      expect(await log.history('m1', { after: 2 })).toEqual([]);
      expect(await log.history('m2')).toEqual([]);
    });

    test('erases traces with all that was judged of them, wherever it came, and nothing else', async () => {
      const [one, two, three] = ['t1', 't2', 't3'].map((traceId, day) =>
        sampleTrace({ traceId, timestamp: `2026-01-0${day + 1}T00:00:00.000Z` }),
      ) as [Trace, Trace, Trace];
      await log.append('m1', 'b1', {
        traces: [one, two],
        judgements: [sampleJudgement(), sampleJudgement({ judgementId: 'j2', traceId: 't2', verdict: 'pass' })],
      });
      await log.append('m1', 'b2', { traces: [three], judgements: [sampleJudgement({ judgementId: 'j3' })] });
      const version = await log.version('m1');

      expect(await log.erase('m1', ['t1', 'never seen'])).toMatchObject({ traces: 1, judgements: 2 });

      const kept = await log.read('m1', all);
      expect(kept.map(({ trace }) => trace)).toEqual([three, two]);
      expect(kept.flatMap(({ judgements }) => judgements.map(({ judgementId }) => judgementId))).toEqual(['j2']);
      expect(await log.read('m1', { ...all, traceIds: ['t1'] })).toEqual([]);
      expect(await log.knownTraces('m1', ['t1', 't2'])).toEqual(new Map([['t2', { inputDigest: digest(two.input) }]]));
      expect(
        (await log.history('m1')).map(({ batchId, traces, judged, failed }) => [batchId, traces, judged, failed]),
      ).toEqual([
        ['b1', 1, 1, 0],
        ['b2', 1, 0, 0],
      ]);
      expect(await log.version('m1')).not.toBe(version);
      expect(await log.erase('m1', ['t1'])).toMatchObject({ traces: 0, judgements: 0 });
      expect(await log.read('m1', all)).toEqual(kept);
    });

    test('erases a whole batch, and takes new ones after it', async () => {
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [sampleJudgement()] });
      await log.erase('m1', ['t1']);
      expect(await log.read('m1', all)).toEqual([]);
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
      expect(await log.read('m1', all)).toEqual([]);
      await log.append('m1', 'b2', { traces: [sampleTrace({ traceId: 't2' })], judgements: [] });
      expect(ids(await log.read('m1', all))).toEqual(['t2']);
      await log.erase('m1', ['t2']);
      expect(await log.read('m1', all)).toEqual([]);
    });

    test('knows erased ids again, of that model alone, whatever they say', async () => {
      const traceIds = hostileTexts.filter((text) => text !== '').map((text) => text.slice(0, 500));
      const traces = traceIds.map((traceId) => sampleTrace({ traceId }));
      await log.append('m1', 'b1', { traces: [...traces, sampleTrace({ traceId: 'stays' })], judgements: [] });
      expect(await log.erasedAmong('m1', traceIds)).toEqual(new Set());
      await log.erase('m1', traceIds);
      expect(ids(await log.read('m1', all))).toEqual(['stays']);
      expect(await log.erasedAmong('m1', [...traceIds, 'stays'])).toEqual(new Set(traceIds));
      expect(await log.erasedAmong('m2', traceIds)).toEqual(new Set());
    });

    test('keeps the models apart', async () => {
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
      await log.append('m2', 'b1', { traces: [sampleTrace({ modelId: 'm2', input: 'other' })], judgements: [] });
      expect((await log.read('m2', all)).map(({ trace }) => trace.input)).toEqual(['other']);
    });

    test('refuses a trace of another model, and ids that could be no part of a key', async () => {
      const batch = { traces: [sampleTrace({ modelId: 'm2' })], judgements: [] };
      expect((await rejection(log.append('m1', 'b1', batch))).name).toBe('InvalidInput');
      for (const id of ['', '../m', 'a/b', 'a.b', "a'b"]) {
        expect((await rejection(log.append('m1', id, { traces: [], judgements: [] }))).name).toBe('InvalidInput');
        expect((await rejection(log.append(id, 'b1', { traces: [], judgements: [] }))).name).toBe('InvalidInput');
      }
      expect(await log.read('m1', all)).toEqual([]);
    });

    test('takes traces of many days and more rows than DuckDB holds in one vector', async () => {
      const traces = Array.from({ length: 5_000 }, (_, index) =>
        sampleTrace({
          traceId: `t${index}`,
          timestamp: new Date(1.7e12 + index * 600_000).toISOString(),
          input: `text ${index}`,
        }),
      );
      const judgements = traces.map(({ traceId }) => sampleJudgement({ judgementId: `j-${traceId}`, traceId }));
      await log.append('m1', 'b1', { traces, judgements });
      const records = await log.read('m1', all);
      expect(records.map(({ trace }) => trace)).toEqual(traces.toReversed());
      expect(records.every((record) => record.judgements[0]?.judgementId === `j-${record.trace.traceId}`)).toBe(true);
    });
  });
}

/** Any UTF-16, lone surrogates and NUL included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
);

function bare(judgement: ReturnType<typeof sampleJudgement>): ReturnType<typeof sampleJudgement> {
  const { expected: _, ...rest } = judgement;
  return rest;
}

function ids(records: readonly LoggedTrace[]): readonly string[] {
  return records.map(({ trace }) => trace.traceId);
}
