import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import { whatCounts } from '../../../../shared/domain/traces/what-counts.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const task = classificationTask(['ham', 'spam', 'news']);
const trace = { input: 'win now', output: labelOutput('ham') };

interface Said {
  readonly by?: string;
  readonly kind?: Judgement['judge']['kind'];
  readonly verdict?: Judgement['verdict'];
  readonly expected?: string;
  /** Day of the month. */
  readonly on?: number;
}

function judgements(...said: readonly Said[]): readonly Judgement[] {
  return said.map(({ by = 'ana', kind = 'human', verdict, expected, on = 1 }, at) => ({
    judgementId: `j${at}`,
    traceId: 't1',
    verdict: verdict ?? (expected === 'ham' ? 'pass' : 'fail'),
    ...(expected === undefined ? {} : { expected: labelOutput(expected) }),
    judge: { kind, id: by, reason: '' },
    judgedAt: `2026-01-${String(on).padStart(2, '0')}T00:00:00Z`,
  }));
}

const counts = (...said: readonly Said[]) =>
  whatCounts({ trace, judgements: judgements(...said) }, task, classification);
/** The right output that counts, or why none does. */
const outcome = (...said: readonly Said[]): unknown => {
  const found = counts(...said);
  return found.kind === 'counts' ? (found.judgement.expected ?? found.judgement.verdict) : found.kind;
};

describe('whatCounts', () => {
  test('is nothing without a judgement', () => {
    expect(outcome()).toBe('none');
  });

  test('prefers a person to an LLM to a rule, whenever they spoke', () => {
    const rule = { kind: 'rule', expected: 'news', on: 9 } as const;
    const llm = { kind: 'llm', expected: 'spam', on: 5 } as const;
    expect(outcome(rule, llm)).toBe('spam');
    expect(outcome(rule, llm, { expected: 'ham', on: 1 })).toBe('ham');
  });

  test('takes the latest of one person, who may change their mind', () => {
    expect(outcome({ expected: 'spam', on: 3 }, { expected: 'news', on: 2 })).toBe('spam');
  });

  test.each([
    ['before', 1],
    ['with', 5],
    ['after', 9],
  ])('a bare "wrong" of the same judge %s a correction leaves it', (_, on) => {
    for (const kind of ['human', 'llm', 'rule'] as const) {
      const correction = { kind, expected: 'spam', on: 5 } as const;
      const wrong = { kind, verdict: 'fail', on } as const;
      expect(outcome(correction, wrong)).toBe('spam');
      expect(outcome(wrong, correction)).toBe('spam');
    }
  });

  test('a later pass, another correction, or "wrong" of what was said to be right, takes back what was said', () => {
    const correction = { expected: 'spam', on: 2 } as const;
    expect(outcome(correction, { verdict: 'pass', on: 3 })).toBe('pass');
    expect(outcome(correction, { verdict: 'fail', on: 3 }, { expected: 'news', on: 4 })).toBe('news');
    expect(outcome({ verdict: 'pass', on: 1 }, { verdict: 'fail', on: 2 })).toBe('fail');
    expect(outcome({ expected: 'ham', on: 1 }, { verdict: 'fail', on: 2 })).toBe('fail');
    expect(outcome(correction, { verdict: 'pass', on: 3 }, { verdict: 'fail', on: 4 })).toBe('fail');
  });

  test('of two models counts what the one who spoke last has come to', () => {
    const one = [
      { kind: 'llm', by: 'gpt', expected: 'spam', on: 1 },
      { kind: 'llm', by: 'gpt', verdict: 'fail', on: 3 },
    ] as const;
    expect(outcome(...one, { kind: 'llm', by: 'qwen', verdict: 'pass', on: 2 })).toBe('spam');
    expect(outcome(...one, { kind: 'llm', by: 'qwen', verdict: 'pass', on: 4 })).toBe('pass');
  });

  test('is disputed where two people differ, and names both views', () => {
    const found = counts({ by: 'ana', expected: 'spam' }, { by: 'bo', expected: 'news', on: 9 });
    expect(found).toEqual({ kind: 'disputed', reason: 'people disagree: ana says "spam", bo says "news"' });
  });

  test('is disputed where one says right and the other only that it is wrong', () => {
    expect(outcome({ by: 'ana', verdict: 'pass' }, { by: 'bo', verdict: 'fail' })).toBe('disputed');
  });

  test('who only says that the answer is wrong agrees with a correction', () => {
    expect(outcome({ by: 'ana', expected: 'spam' }, { by: 'bo', verdict: 'fail', on: 9 })).toBe('spam');
  });

  test('a majority of the people settles it', () => {
    const two = [
      { by: 'ana', expected: 'spam' },
      { by: 'bo', expected: 'news' },
    ] as const;
    expect(outcome(...two, { by: 'cy', expected: 'spam' })).toBe('spam');
    expect(outcome(...two, { by: 'cy', expected: 'ham' })).toBe('disputed');
    expect(outcome(...two, { by: 'cy', expected: 'spam' }, { by: 'di', expected: 'news' })).toBe('disputed');
    expect(outcome({ by: 'ana', verdict: 'fail' }, { by: 'bo', verdict: 'fail' }, { by: 'cy', verdict: 'pass' })).toBe(
      'fail',
    );
  });

  test('people agree by what the answer is, whether they correct or confirm it', () => {
    expect(outcome({ by: 'ana', verdict: 'pass' }, { by: 'bo', expected: 'ham', on: 2 })).toBe('ham');
  });

  test('no LLM settles what people disagree about', () => {
    const people = [
      { by: 'ana', expected: 'spam' },
      { by: 'bo', expected: 'news' },
    ] as const;
    expect(outcome(...people, { kind: 'llm', by: 'gpt', expected: 'spam', on: 9 })).toBe('disputed');
  });

  test('holds what names an unknown label, and lets no lower rank take its place', () => {
    const found = counts({ expected: 'privacy' }, { kind: 'llm', expected: 'spam', on: 9 });
    expect(found).toMatchObject({ kind: 'held', expected: 'privacy' });
  });

  test('counts the same judgement once the label is known', () => {
    const wider = classificationTask(['ham', 'spam', 'news', 'privacy']);
    const found = whatCounts({ trace, judgements: judgements({ expected: 'privacy' }) }, wider, classification);
    expect(found).toMatchObject({ kind: 'counts', judgement: { expected: 'privacy', verdict: 'fail' } });
  });

  test('gives a judgement that came before its trace the verdict on the answer', () => {
    const early = judgements({ expected: 'ham' }).map((judgement) => ({ ...judgement, verdict: null }));
    expect(whatCounts({ trace, judgements: early }, task, classification)).toMatchObject({
      judgement: { verdict: 'pass' },
    });
  });

  test('does not depend on the order in which judgements came', () => {
    const one = fc.record({
      by: fc.constantFrom('ana', 'bo', 'cy'),
      kind: fc.constantFrom('human', 'llm', 'rule'),
      expected: fc.constantFrom('ham', 'spam', 'news', 'privacy', undefined),
      verdict: fc.constantFrom('pass', 'fail', undefined),
      on: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (said, keys) => {
        const given = judgements(...(said as readonly Said[]));
        const order = given.map((judgement) => ({ judgement, key: keys.next().value })).sort((a, b) => a.key - b.key);
        const shuffled = order.map(({ judgement }) => judgement);
        const found = whatCounts({ trace, judgements: given }, task, classification);
        const again = whatCounts({ trace, judgements: shuffled }, task, classification);
        expect(again.kind).toBe(found.kind);
        if (found.kind === 'counts') expect(again).toEqual(found);
      }),
    );
  });
});
