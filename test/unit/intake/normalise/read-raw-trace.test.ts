import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskKind } from '../../../../shared/domain/base/task-kind.ts';
import { ratchetFormat } from '../../../../shared/intake/formats/ratchet.ts';
import { parseFieldMap } from '../../../../shared/intake/normalise/field-map.ts';
import { judgementOfOtherAnswer } from '../../../../shared/intake/normalise/given-judgement.ts';
import { Notes } from '../../../../shared/intake/normalise/notes.ts';
import { type ReadTrace, readRawTrace } from '../../../../shared/intake/normalise/read-raw-trace.ts';
import {
  plainReading,
  ReadingContext,
  type ReadingOptions,
} from '../../../../shared/intake/normalise/reading-context.ts';
import { ScoreNames } from '../../../../shared/intake/normalise/score-names.ts';
import { type LineResult, parseJsonObject } from '../../../../shared/intake/parse-json-line.ts';
import type { Annotation, TraceFormat } from '../../../../shared/ports/trace-format.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { anyText } from '../any-text.ts';

const model = { modelId: 'mail', task: classificationTask(['ham', 'spam', 'To review']), changes: [] };
const good = { traceId: 't1', timestamp: '2026-01-01T00:00:00Z', input: 'win now', output: 'ham' };
const table: Pick<TraceFormat, 'name' | 'zone' | 'freeNames'> = { name: 'csv', zone: null, freeNames: true };
const export_: Pick<TraceFormat, 'name' | 'zone' | 'freeNames'> = { name: 'tool', zone: 'UTC', freeNames: false };

interface Given {
  readonly format?: Pick<TraceFormat, 'name' | 'zone' | 'freeNames'>;
  readonly kind?: TaskKind;
  readonly options?: Partial<ReadingOptions>;
  readonly annotations?: readonly Annotation[];
}

function read(
  fields: Readonly<Record<string, unknown>>,
  { format = ratchetFormat, kind = classification, options = {}, annotations = [] }: Given = {},
): { readonly result: LineResult<ReadTrace>; readonly notes: readonly string[] } {
  const notes = new Notes();
  const context = new ReadingContext({
    model,
    kind,
    format,
    options: { ...plainReading, ...options },
    scoreNames: new ScoreNames(options?.scores ?? []),
    notes,
    now: Date.parse('2026-06-01T00:00:00Z'),
  });
  const result = readRawTrace({ kind: 'trace', line: 1, text: '', fields, annotations, source: fields }, context);
  return { result, notes: notes.list().map(({ text }) => text) };
}

function parseText(text: string, kind: TaskKind = classification): LineResult<ReadTrace> {
  const object = parseJsonObject(text);
  return object.ok ? read(object.value, { kind }).result : object;
}

const parse = (fields: Record<string, unknown>, given: Given = {}) => read({ ...good, ...fields }, given).result;
const reasonOf = (text: string): string => {
  const result = parseText(text);
  return result.ok ? 'accepted' : result.problem.reason;
};
const problemOf = (fields: Record<string, unknown>, given: Given = {}) => {
  const { result } = read(fields, given);
  return result.ok ? null : result.problem;
};
const said = (result: LineResult<ReadTrace>) => (result.ok ? result.value.judgements[0] : undefined);

describe('readRawTrace', () => {
  test('takes a judge whose "expected" is still null for nothing judged, and once it is filled in for a judgement', () => {
    const judge = { kind: 'human', id: 'review' };
    expect(parse({ expected: null, judge })).toMatchObject({ ok: true, value: { judgements: [] } });
    expect(parse({ expected: 'spam', judge })).toMatchObject({
      ok: true,
      value: { judgements: [{ verdict: 'fail', expected: 'spam' }] },
    });
    expect(parse({ expected: null, verdict: 'fail', judge })).toMatchObject({
      value: { judgements: [{ verdict: 'fail' }] },
    });
  });

  test('reads a trace without a judgement and gives it the model', () => {
    expect(parse({})).toEqual({
      ok: true,
      value: { traceId: 't1', saidOf: good.timestamp, trace: { ...good, modelId: 'mail' }, judgements: [] },
    });
  });

  test('moves unknown keys under metadata, without overwriting what is there', () => {
    expect(parse({ user: 'u1', region: 'eu', metadata: { region: 'us' } })).toMatchObject({
      value: { trace: { metadata: { user: 'u1', region: 'us' } } },
    });
  });

  test('takes an optional field that is null as absent, and keeps the null of output', () => {
    const result = parse({ output: null, confidence: null, judge: null, verdict: null, steps: null });
    expect(result).toMatchObject({
      ok: true,
      value: { trace: { ...good, modelId: 'mail', output: null }, judgements: [] },
    });
  });

  test('makes the verdict by exact match when only the right output is given', () => {
    expect(parse({ expected: 'spam' })).toMatchObject({
      value: { judgements: [{ verdict: 'fail', expected: 'spam', judge: { kind: 'rule', id: 'exact-match' } }] },
    });
    expect(parse({ expected: 'ham' })).toMatchObject({ value: { judgements: [{ verdict: 'pass' }] } });
  });

  test('leaves the verdict open where the task kind cannot tell whether the answer is as good as the right one', () => {
    const undecided = { ...classification, same: () => 'undecided' as const };
    const line = JSON.stringify({ ...good, expected: 'spam', judge: { kind: 'human', id: 'ana' } });
    expect(parseText(line, undecided)).toMatchObject({
      value: { judgements: [{ verdict: null, expected: 'spam', judge: { kind: 'human', id: 'ana' } }] },
    });
    expect(parseText(line.replace('"ham"', 'null'), undecided)).toMatchObject({
      value: { judgements: [{ verdict: 'fail' }] },
    });
  });

  test('keeps the judge that is named', () => {
    const judge = { kind: 'human', id: 'ana', reason: 'an advert' };
    expect(parse({ verdict: 'fail', judge })).toMatchObject({ value: { judgements: [{ judge, expected: null }] } });
  });

  test('allows an output that is none of the labels, as the model said it', () => {
    expect(parse({ output: 'eggs', expected: 'spam' })).toMatchObject({
      ok: true,
      value: { trace: { output: 'eggs' }, judgements: [{ verdict: 'fail' }] },
    });
  });

  test.each([
    ['a trace of another model', { modelId: 'other' }, 'a trace of model "other"'],
    ['a pass that contradicts itself', { verdict: 'pass', expected: 'spam' }, 'differs from'],
    ['a failure that contradicts itself', { verdict: 'fail', expected: 'ham' }, 'equals'],
    ['a judge of nothing', { judge: { kind: 'human', id: 'ana' } }, 'without "verdict"'],
    ['a wrong type', { input: 7 }, '"input"'],
    ['a wrong verdict', { verdict: 'maybe' }, '"verdict"'],
    ['a wrong confidence', { confidence: 93 }, '"confidence"'],
    ['a wrong time', { timestamp: 'yesterday' }, '"timestamp"'],
    ['wrong metadata', { metadata: [1], other: 2 }, '"metadata"'],
  ])('refuses %s, with the field', (_what, fields, reason) => {
    expect(reasonOf(JSON.stringify({ ...good, ...fields }))).toContain(reason);
  });

  test.each([
    ['', 'not JSON'],
    ['{"traceId": "t1"', 'not JSON'],
    ['[{}]', 'a list'],
    ['null', 'null'],
    ['"text"', 'a string'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'nested deeper'],
    [`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'nested deeper'],
  ])('refuses what is no object: %.20s', (text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  test('does not let a key reach the prototype', () => {
    const result = parseText(`{"__proto__": {"polluted": 1}, ${JSON.stringify(good).slice(1)}`);
    expect(result.ok).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });

  test('replaces halves of characters, which no store keeps', () => {
    expect(parseText(JSON.stringify({ ...good, input: 'a\ud800b' }))).toMatchObject({
      value: { trace: { input: 'a\ufffdb' } },
    });
  });

  test('yields a trace or a reason with a mend for any text, never a throw', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('ham', 'spam', 'pass', 'fail', null, good.timestamp));
    const line = fc.oneof(
      anyText,
      fc.json(),
      fc
        .dictionary(
          fc.constantFrom(...Object.keys(good), 'verdict', 'expected', 'judge', 'steps', '__proto__', 'x'),
          value,
        )
        .map((fields) => JSON.stringify({ ...good, ...fields })),
    );
    fc.assert(
      fc.property(line, (text) => {
        const result = parseText(text);
        if (result.ok) expect(result.value.trace?.modelId ?? 'mail').toBe('mail');
        else {
          expect(result.problem.reason).not.toBe('');
          expect(result.problem.mend).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what readRawTrace understands', () => {
  test.each([
    ['expected_output', 'expected'],
    ['ground_truth', 'expected'],
    ['correction', 'expected'],
    ['Expected', 'expected'],
    ['correct label', 'expected'],
    ['gold', 'expected'],
  ])('%s is %s, and says so', (name, field) => {
    const { result, notes } = read({ ...good, [name]: 'spam' });
    expect(said(result)).toMatchObject({ verdict: 'fail', expected: 'spam' });
    expect(notes).toEqual([`"${name}" read as "${field}"`]);
  });

  test('takes no other name where the field itself is there', () => {
    const { result, notes } = read({ ...good, expected: 'ham', ground_truth: 'spam' });
    expect(said(result)).toMatchObject({ verdict: 'pass', expected: 'ham' });
    expect(result).toMatchObject({ value: { trace: { metadata: { ground_truth: 'spam' } } } });
    expect(notes).toEqual([]);
  });

  test('takes label for the output where there is none, and leaves it where there is one', () => {
    const { output: _none, ...bare } = good;
    expect(read({ ...bare, label: 'spam' }).result).toMatchObject({ value: { trace: { output: 'spam' } } });
    const { result } = read({ ...good, label: 'spam' });
    expect(result).toMatchObject({ value: { judgements: [], trace: { output: 'ham', metadata: { label: 'spam' } } } });
  });

  test('a table with names of its own is a trace, and finds the same trace again at another time', () => {
    const row = { text: 'win now', prediction: 'ham', correct_label: 'spam' };
    const { result, notes } = read(row, { format: table });
    expect(result).toMatchObject({
      value: { traceId: expect.stringMatching(/^derived-[0-9a-f]{16}$/), trace: { input: 'win now', output: 'ham' } },
    });
    expect(notes).toContain('records without an id: one is made of their content');
    expect(notes).toContain('records without a time: the time of ingest is taken');
    const again = read({ ...row, correct_label: 'ham' }, { format: table }).result;
    expect(again.ok && again.value.traceId).toBe(result.ok && result.value.traceId);
  });

  test.each([
    [1_770_000_000, '2026-02-02T02:40:00.000Z'],
    ['1770000000123', '2026-02-02T02:40:00.123Z'],
    ['1770000000123456', '2026-02-02T02:40:00.123Z'],
    ['1770000000123456789', '2026-02-02T02:40:00.123Z'],
    ['2026-02-02 08:10:00+0530', '2026-02-02T02:40:00.000Z'],
    ['2026-02-02t02:40z', '2026-02-02T02:40:00.000Z'],
    ['2026-02-02 02:40:00.5', '2026-02-02T02:40:00.500Z'],
    ['Mon, 02 Feb 2026 02:40:00 GMT', '2026-02-02T02:40:00.000Z'],
    [{ $date: '2026-02-02T02:40:00Z' }, '2026-02-02T02:40:00Z'],
  ])('reads the time %j', (timestamp, expected) => {
    expect(parse({ timestamp })).toMatchObject({ ok: true, value: { trace: { timestamp: expected } } });
  });

  test('says when a time had no zone', () => {
    expect(read({ ...good, timestamp: '2026-02-02T02:40:00' }).notes).toEqual(['times without a zone read as UTC']);
  });

  test.each(['2099-01-01T00:00:00Z', '0001-01-01T00:00:00Z', 5])(
    'takes the time of ingest for %j, which no inference can be of, and keeps it',
    (timestamp) => {
      const { result, notes } = read({ ...good, timestamp });
      expect(result).toMatchObject({
        value: { trace: { timestamp: '2026-06-01T00:00:00.000Z', metadata: { recordedTimestamp: timestamp } } },
      });
      expect(notes).toHaveLength(1);
    },
  );

  test.each(['11/01/2026', 'yesterday', '2026-02-30'])('refuses the time %s, which could be any', (timestamp) => {
    expect(problemOf({ ...good, timestamp })?.reason).toContain('no time that can be read for sure');
  });

  test('maps a label that differs by case, blanks or Unicode form, in output and correction', () => {
    const { result, notes } = read({ ...good, output: 'HAM ', expected: '\u00a0to  Review' });
    expect(result).toMatchObject({ value: { trace: { output: 'ham' }, judgements: [{ expected: 'To review' }] } });
    expect(notes).toEqual(['"HAM " read as "ham"', '"\u00a0to  Review" read as "To review"']);
  });

  test('keeps a judgement whose label is unknown', () => {
    expect(said(parse({ expected: 'eggs' }))).toMatchObject({ verdict: 'fail', expected: 'eggs' });
    expect(said(parse({ output: 'eggs', verdict: 'pass' }))).toMatchObject({ verdict: 'pass', expected: null });
  });

  test.each([
    ['{"label": "spam", "score": 0.9}', '--map output=output.label'],
    ['```json\n{"label": "spam"}\n```', '--map output=output.label'],
    [{ answer: 'spam' }, '--map output=output.answer'],
    [['spam', 'urgent'], '--map output=output[0]'],
    ['I think it is spam.', 'with the label alone'],
  ])('never takes a label out of %j by itself, and says how', (output, mend) => {
    expect(problemOf({ ...good, output, expected: 'spam' })?.mend).toContain(mend);
  });

  test('takes it where --map says so, also out of JSON text', () => {
    const options = { map: parseFieldMap(['output=output.label']) };
    const { result } = read({ ...good, output: '{"label": "spam"}' }, { options });
    expect(result).toMatchObject({ value: { trace: { output: 'spam' } } });
  });

  test('maps any field, constants and parts of the judge', () => {
    const map = parseFieldMap([
      'expected=label',
      'judge.kind=:human',
      'judge.id=meta.by',
      'metadata.slice=meta.team[0]',
    ]);
    const fields = { ...good, label: 'spam', meta: { by: 'ana', team: ['emea'] } };
    expect(read(fields, { options: { map } }).result).toMatchObject({
      value: {
        trace: { metadata: { slice: 'emea' } },
        judgements: [{ expected: 'spam', judge: { kind: 'human', id: 'ana' } }],
      },
    });
  });

  test('reads numbers and booleans as the texts of labels, and says so', () => {
    const { result, notes } = read({ ...good, output: 0, expected: 1 });
    expect(result).toMatchObject({ value: { trace: { output: '0' }, judgements: [{ expected: '1' }] } });
    expect(notes).toContain('numbers read as the texts of labels');
  });

  test.each(['pass', 'Correct', 'right', 'GOOD', true, 1, 'thumbs_up', '👍', '👍🏽'])('%j is a pass', (verdict) => {
    expect(said(parse({ verdict }))?.verdict).toBe('pass');
  });

  test.each(['fail', 'incorrect', 'Wrong', 'bad', false, 0, 'thumbs_down', '👎'])('%j is a failure', (verdict) => {
    expect(said(parse({ verdict }))?.verdict).toBe('fail');
  });

  test('makes verdicts of scores only where it is told from which one on', () => {
    expect(parse({ score: 1 })).toMatchObject({ value: { judgements: [] } });
    const options = { passAt: 0.7 };
    expect(said(parse({ score: 0.7 }, { options }))?.verdict).toBe('pass');
    expect(said(parse({ score: '0.69' }, { options }))?.verdict).toBe('fail');
  });

  test('reads a judgement by trace id alone, with its own time and judge', () => {
    const judge = { kind: 'human', id: 'ana', timestamp: '2026-02-03 10:00:00Z' };
    const { result } = read({ traceId: 7, expected: 'spam', judge });
    expect(result).toEqual({
      ok: true,
      value: {
        traceId: '7',
        trace: null,
        saidOf: null,
        judgements: [
          {
            verdict: null,
            expected: 'spam',
            judge: { kind: 'human', id: 'ana', reason: '' },
            at: '2026-02-03T10:00:00.000Z',
          },
        ],
      },
    });
  });

  test('says what a confidence may be, and what it is as a percentage', () => {
    const result = parse({ confidence: 7 });
    expect(result.ok ? null : result.problem.mend).toBe('write a number from 0 to 1; 7 % is 0.07');
    expect(parse({ confidence: '57.1' }, { format: table })).toMatchObject({
      problem: { mend: 'write a number from 0 to 1; 57.1 % is 0.571' },
    });
  });

  test('says where a table has its judge, for one that is a text or of no kind', () => {
    const mend = (judge: unknown, given: Given = { format: table }): string => {
      const result = parse({ expected: 'spam', judge }, given);
      return result.ok ? 'accepted' : result.problem.mend;
    };
    expect(mend('human')).toBe(
      "say that it is the judge's kind, --map judge.kind=judge, or write judge.kind (human, llm or rule) and judge.id apart",
    );
    expect(mend('ana')).toContain('--map judge.id=judge --judge human');
    expect(mend({ kind: 'ana' })).toBe('write judge.kind (human, llm or rule) and judge.id apart');
    const map = (field: string): Given => ({ format: table, options: { map: parseFieldMap([field]) } });
    expect(mend('human', map('judge.kind=judge'))).toBe('accepted');
    expect(mend('ana', map('judge.id=judge'))).toBe('accepted');
    expect(mend('human', {})).toBe('write {"kind": "human", "id": "..."}; kinds are human, llm and rule');
  });

  test('takes --judge where the file does not say who judged', () => {
    expect(said(parse({ expected: 'spam' }, { options: { judge: 'human' } }))?.judge).toEqual({
      kind: 'human',
      id: 'unnamed',
      reason: '',
    });
  });

  test('says of a labelled example what to do with it', () => {
    const problem = problemOf({ input: 'win now', output: 'spam' });
    expect(problem?.reason).toContain('a labelled example');
    expect(problem?.mend).toContain('ratchet create MODEL --examples FILE');
    expect(problemOf({ text: 'win now', label: 'spam' }, { format: table })?.reason).toContain('a labelled example');
  });

  test('names the text within an input that is an object', () => {
    const problem = problemOf({ ...good, input: { subject: 's', body: 'a longer text' } });
    expect(problem?.mend).toContain('--map input=input.body');
  });

  test('reads empty cells of a table as nothing', () => {
    const { result } = read({ ...good, verdict: '', expected: '', confidence: '0.5', output: '' }, { format: table });
    expect(result).toMatchObject({ value: { trace: { output: null, confidence: 0.5 }, judgements: [] } });
  });
});

describe('what was said in another tool', () => {
  const annotation = (change: Partial<Annotation>): Annotation => ({
    name: 'quality',
    label: null,
    score: null,
    correction: null,
    explanation: '',
    by: { kind: 'human', id: 'ana' },
    at: null,
    ...change,
  });
  const judgementsOf = (annotations: readonly Annotation[], options: Partial<ReadingOptions> = {}) =>
    read(good, { format: export_, annotations, options });

  test.each([
    [{ label: 'spam' }, { verdict: 'fail', expected: 'spam' }],
    [{ correction: 'Ham' }, { verdict: 'pass', expected: 'ham' }],
    [{ label: 'thumbs_down' }, { verdict: 'fail', expected: null }],
    [{ score: 1 }, { verdict: 'pass', expected: null }],
    [
      { label: 'spam', score: 0 },
      { verdict: 'fail', expected: 'spam' },
    ],
  ])('%j is %j', (change, expected) => {
    expect(said(judgementsOf([annotation(change)]).result)).toMatchObject(expected);
  });

  test('a score between 0 and 1 is a verdict only by --pass-at, and is named otherwise', () => {
    const { result, notes } = judgementsOf([annotation({ score: 0.8 })]);
    expect(result).toMatchObject({ value: { judgements: [] } });
    expect(notes[0]).toContain('--pass-at');
    expect(said(judgementsOf([annotation({ score: 0.8 })], { passAt: 0.75 }).result)?.verdict).toBe('pass');
  });

  test('a score that asks something else than correctness has a judge of its own, and waits for the other names', () => {
    const both = [annotation({ name: 'correctness', score: 0 }), annotation({ name: 'on_brand', score: 1 })];
    const { result, notes } = judgementsOf(both);
    expect(result.ok && result.value.judgements).toEqual([
      { verdict: 'fail', expected: null, judge: { kind: 'human', id: 'ana', reason: '' }, at: null },
      {
        verdict: 'pass',
        expected: null,
        judge: { kind: 'human', id: 'ana (on_brand)', reason: '' },
        at: null,
        onlyAs: 'on_brand',
      },
    ]);
    expect(notes).toEqual(['scores read as verdicts: correctness']);
  });

  test('of two scores of correctness by one person the one that fails counts, of one score the last word', () => {
    const verdict = (...names: readonly string[]) =>
      said(judgementsOf(names.map((name, at) => annotation({ name, score: at }))).result)?.verdict;
    expect(verdict('correctness', 'user_feedback')).toBe('fail');
    expect(verdict('correctness', 'correctness')).toBe('pass');
  });

  test('what one judge said is one judgement, whose correction is not lost', () => {
    const both = [annotation({ correction: 'spam', explanation: 'an advert' }), annotation({ label: 'wrong' })];
    const { result } = judgementsOf(both);
    expect(result).toMatchObject({
      value: { judgements: [{ verdict: 'fail', expected: 'spam', judge: { kind: 'human', reason: 'an advert' } }] },
    });
    expect(result.ok && result.value.judgements).toHaveLength(1);
  });
});

describe('judgementOfOtherAnswer', () => {
  const judge = { kind: 'human' as const, id: 'ana', reason: '' };
  const at = null;

  test('judges the recorded answer by the right output', () => {
    expect(
      judgementOfOtherAnswer(
        { verdict: 'pass', expected: null, judge, at },
        labelOutput('spam'),
        labelOutput('ham'),
        classification,
      ),
    ).toEqual({
      verdict: 'fail',
      expected: 'spam',
      judge,
      at,
    });
  });

  test('says nothing of another answer when only the judged one is known to be wrong', () => {
    expect(
      judgementOfOtherAnswer(
        { verdict: 'fail', expected: null, judge, at },
        labelOutput('spam'),
        labelOutput('ham'),
        classification,
      ),
    ).toBeNull();
  });
});
