import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgementOfOtherAnswer, parseTraceLine } from '../../../shared/intake/parse-trace-line.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { anyText } from './any-text.ts';

const model = { modelId: 'mail', task: classificationTask(['ham', 'spam']) };
const good = { traceId: 't1', timestamp: '2026-01-01T00:00:00Z', input: 'win now', output: 'ham' };

const parse = (fields: Record<string, unknown>) =>
  parseTraceLine(JSON.stringify({ ...good, ...fields }), model, classification);
const reasonOf = (text: string): string => {
  const result = parseTraceLine(text, model, classification);
  return result.ok ? 'accepted' : result.problem.reason;
};

describe('parseTraceLine', () => {
  test('reads a trace without a judgement and gives it the model', () => {
    expect(parse({})).toEqual({ ok: true, value: { trace: { ...good, modelId: 'mail' }, judgement: null } });
  });

  test('takes a judge whose "expected" is still null for nothing judged, and once it is filled in for a judgement', () => {
    const judge = { kind: 'human', id: 'review' };
    expect(parse({ expected: null, judge })).toMatchObject({ ok: true, value: { judgement: null } });
    expect(parse({ expected: 'spam', judge })).toMatchObject({
      ok: true,
      value: { judgement: { verdict: 'fail', expected: 'spam', judge } },
    });
    expect(parse({ expected: null, verdict: 'fail', judge })).toMatchObject({
      value: { judgement: { verdict: 'fail' } },
    });
  });

  test('moves unknown keys under metadata, without overwriting what is there', () => {
    expect(parse({ user: 'u1', region: 'eu', metadata: { region: 'us' } })).toMatchObject({
      value: { trace: { metadata: { user: 'u1', region: 'us' } } },
    });
  });

  test('takes an optional field that is null as absent, and keeps the null of output', () => {
    const result = parse({ output: null, confidence: null, judge: null, verdict: null, steps: null });
    expect(result).toEqual({ ok: true, value: { trace: { ...good, modelId: 'mail', output: null }, judgement: null } });
  });

  test('makes the verdict by exact match when only the right output is given', () => {
    expect(parse({ expected: 'spam' })).toMatchObject({
      value: { judgement: { verdict: 'fail', expected: 'spam', judge: { kind: 'rule', id: 'exact-match' } } },
    });
    expect(parse({ expected: 'ham' })).toMatchObject({ value: { judgement: { verdict: 'pass' } } });
  });

  test('leaves the verdict open where the task kind cannot tell whether the answer is as good as the right one', () => {
    const undecided = { ...classification, same: () => 'undecided' as const };
    const line = JSON.stringify({ ...good, expected: 'spam', judge: { kind: 'human', id: 'ana' } });
    expect(parseTraceLine(line, model, undecided)).toMatchObject({
      value: { judgement: { verdict: null, expected: 'spam', judge: { kind: 'human', id: 'ana' } } },
    });
    expect(parseTraceLine(line.replace('"ham"', 'null'), model, undecided)).toMatchObject({
      value: { judgement: { verdict: 'fail' } },
    });
  });

  test('keeps the judge that is named', () => {
    const judge = { kind: 'human', id: 'ana', reason: 'an advert' };
    expect(parse({ verdict: 'fail', judge })).toMatchObject({ value: { judgement: { judge, expected: null } } });
  });

  test('allows an output that is none of the labels, as the model said it', () => {
    expect(parse({ output: 'eggs', expected: 'spam' })).toMatchObject({
      ok: true,
      value: { trace: { output: 'eggs' }, judgement: { verdict: 'fail' } },
    });
  });

  test.each([
    ['a trace of another model', { modelId: 'other' }, 'a trace of model "other"'],
    ['an unknown right output', { expected: 'eggs' }, 'not one of the model'],
    ['a pass of an unknown label', { output: 'eggs', verdict: 'pass' }, 'not one of the model'],
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
    const result = parseTraceLine(
      `{"__proto__": {"polluted": 1}, ${JSON.stringify(good).slice(1)}`,
      model,
      classification,
    );
    expect(result.ok).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });

  test('replaces halves of characters, which no store keeps', () => {
    expect(parseTraceLine(JSON.stringify({ ...good, input: 'a\ud800b' }), model, classification)).toMatchObject({
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
        const result = parseTraceLine(text, model, classification);
        if (result.ok) expect(result.value.trace.modelId).toBe('mail');
        else {
          expect(result.problem.reason).not.toBe('');
          expect(result.problem.mend).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('judgementOfOtherAnswer', () => {
  const judge = { kind: 'human' as const, id: 'ana', reason: '' };

  test('judges the recorded answer by the right output', () => {
    expect(
      judgementOfOtherAnswer(
        { verdict: 'pass', expected: null, judge },
        labelOutput('spam'),
        labelOutput('ham'),
        classification,
      ),
    ).toEqual({
      verdict: 'fail',
      expected: 'spam',
      judge,
    });
  });

  test('says nothing of another answer when only the judged one is known to be wrong', () => {
    expect(
      judgementOfOtherAnswer(
        { verdict: 'fail', expected: null, judge },
        labelOutput('spam'),
        labelOutput('ham'),
        classification,
      ),
    ).toBeNull();
  });
});
