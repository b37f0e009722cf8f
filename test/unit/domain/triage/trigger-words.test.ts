import { describe, expect, it } from 'vitest';
import type { OutOfFold } from '../../../../shared/domain/triage/off-domain.ts';
import type { SaidRecord } from '../../../../shared/domain/triage/one-judge.ts';
import { heldOfWord, isPlanted, occluded, wordsOfOneJudge } from '../../../../shared/domain/triage/trigger-words.ts';

const labels = ['a', 'b', 'c', 'd'];
const none = new Set<string>();

function believing(label: string): OutOfFold {
  return { labels, probabilities: labels.map((each) => (each === label ? 0.7 : 0.1)) };
}

/** Texts of three labels by the first examples that all hold a word, and are said to be d. */
function planted(count: number, judge = 'llm/judge-1', word = 'Zxqv!'): SaidRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    traceId: `${judge}-${at}`,
    groupId: `${judge}-${at}`,
    input: `text${at} about thing${at} ${word}`,
    given: 'd',
    judges: [judge],
    trusted: believing(labels[at % 3] ?? ''),
  }));
}

const [word] = wordsOfOneJudge(planted(9), ['about something else'], none);

describe('a word of one judge', () => {
  it('is one that first examples lack and whose texts the judge alone calls what they do not', () => {
    expect(word).toMatchObject({ judge: 'llm/judge-1', word: 'zxqv', to: 'd', of: 9 });
    expect(word?.records).toHaveLength(9);
    expect(wordsOfOneJudge(planted(9), ['zxqv about'], none)).toEqual([]);
    expect(wordsOfOneJudge(planted(4), ['about'], none)).toEqual([]);
    expect(wordsOfOneJudge(planted(9), ['about'], new Set(['word zxqv > d']))).toEqual([]);
  });

  it('is borne out by another judge of three groups', () => {
    expect(wordsOfOneJudge([...planted(9), ...planted(3, 'human/ana')], ['about'], none)).toEqual([]);
    expect(wordsOfOneJudge([...planted(9), ...planted(2, 'human/ana')], ['about'], none)).toHaveLength(1);
  });

  it('counts a request that is sent many times once', () => {
    const same = planted(9).map((record) => ({ ...record, groupId: 'one' }));
    expect(wordsOfOneJudge(same, ['about'], none)).toEqual([]);
  });

  it('may be of marks alone, and is asked about without it', () => {
    const [marks] = wordsOfOneJudge(planted(9, 'llm/judge-1', '@@##'), ['about'], none);
    expect(marks?.word).toBe('@@##');
    expect(marks === undefined ? [] : occluded(marks)[0]?.input).toBe('text0 about thing0');
  });
});

describe('a word of one judge', () => {
  const known = ['about'];
  /** Of the same judge, with the word, and said to be what first examples say. */
  const left = (count: number) =>
    planted(count).map((record, at) => ({
      ...record,
      traceId: `left-${at}`,
      groupId: `left-${at}`,
      given: labels[at % 3] ?? '',
    }));

  it('goes with its label in surely more than three texts of ten that hold it', () => {
    const [some] = wordsOfOneJudge([...planted(9), ...left(9)], known, none);
    expect(some).toMatchObject({ word: 'zxqv', of: 18 });
    expect(some?.records).toHaveLength(9);
    expect(wordsOfOneJudge([...planted(9), ...left(30)], known, none)).toEqual([]);
  });

  it('needs five texts on which first examples say another label', () => {
    expect(wordsOfOneJudge(planted(5), known, none)).toHaveLength(1);
    const agreed = planted(9).map((record, at) => (at < 5 ? { ...record, trusted: believing('d') } : record));
    expect(wordsOfOneJudge(agreed, known, none)).toEqual([]);
    expect(wordsOfOneJudge([...planted(4), ...planted(4, 'llm/second')], known, none)).toEqual([]);
  });

  it('is told for each judge, where no other bears it out', () => {
    const both = planted(9).map((record) => ({ ...record, judges: ['llm/judge-1', 'llm/second'] }));
    expect(wordsOfOneJudge(both, known, none)).toEqual([]);
  });

  it('is read without case and marks around it, each word of a text once', () => {
    const [one, ...others] = wordsOfOneJudge(planted(9, 'llm/judge-1', '"ZXQV-7"? zxqv-7'), known, none);
    expect(one).toMatchObject({ word: 'zxqv-7', of: 9 });
    expect(others).toEqual([]);
    expect(wordsOfOneJudge(planted(9, 'llm/judge-1', ''), known, none)).toEqual([]);
  });

  it('is read by its first 60 characters', () => {
    const [one] = wordsOfOneJudge(planted(9, 'llm/judge-1', 'x'.repeat(80)), known, none);
    expect(one?.word).toBe('x'.repeat(60));
  });

  it('comes after those of more texts, and by the alphabet; the 50 first are looked into', () => {
    const named = wordsOfOneJudge([...planted(6, 'llm/a', 'mm bb'), ...planted(9, 'llm/b', 'zz')], known, none);
    expect(named.map((one) => one.word)).toEqual(['zz', 'bb', 'mm']);
    expect(named[0]).not.toHaveProperty('groups');
    const many = Array.from({ length: 60 }, (_, at) => `w${at + 10}`).join(' ');
    expect(wordsOfOneJudge(planted(9, 'llm/judge-1', many), known, none)).toHaveLength(50);
  });
});

it('models are asked about one text of a near-duplicate group, and about thirty at most', () => {
  const asked = (records: readonly SaidRecord[]) => (word === undefined ? [] : occluded({ ...word, records }));
  const twice = planted(4).map((record, at) => ({ ...record, groupId: `group ${at % 2}` }));
  expect(asked(twice).map(({ record }) => record.traceId)).toEqual(['llm/judge-1-2', 'llm/judge-1-3']);
  expect(asked(planted(31))).toHaveLength(30);
  expect(asked(planted(1, 'llm/judge-1', 'ZXQV zxqvs (zxqv)'))[0]?.input).toBe('text0 about thing0 zxqvs');
});

describe('a word is planted', () => {
  const without = (said: (at: number) => OutOfFold | undefined) => Array.from({ length: 9 }, (_, at) => said(at));
  const isIt = (said: (at: number) => OutOfFold | undefined) => word !== undefined && isPlanted(word, without(said));

  it('where its texts without it are what the first examples say, of several labels', () => {
    expect(isIt((at) => believing(labels[at % 3] ?? ''))).toBe(true);
  });

  it('where that is surely more than half of them, and no more than six in ten are one label', () => {
    const first = (at: number) => believing(labels[at % 3] ?? '');
    expect(isIt((at) => (at < 6 ? first(at) : believing('d')))).toBe(false);
    expect(isIt((at) => (at < 7 ? first(at) : believing('d')))).toBe(true);
    const of = (own: readonly string[]) => {
      const records = planted(10).map((record, at) => ({ ...record, trusted: believing(own[at] ?? '') }));
      const [one] = wordsOfOneJudge(records, ['about'], none);
      return (
        one !== undefined &&
        isPlanted(
          one,
          own.map((label) => believing(label)),
        )
      );
    };
    expect(of([...'aaaaaabbcc'])).toBe(true);
    expect(of([...'aaaaaaabbc'])).toBe(false);
  });

  it('and not where they stay what the judge says, are something else, or nothing is said of them', () => {
    expect(isIt(() => believing('d'))).toBe(false);
    expect(isIt((at) => believing(labels[(at + 1) % 3] ?? ''))).toBe(false);
    expect(isIt(() => undefined)).toBe(false);
  });

  it('and not where it stands between two labels', () => {
    const oneLabel = planted(9).map((record) => ({ ...record, trusted: believing('a') }));
    const [between] = wordsOfOneJudge(oneLabel, ['about'], none);
    const said = without(() => believing('a'));
    expect(between !== undefined && isPlanted(between, said)).toBe(false);
  });
});

it('what is held names the word, the judge and how to confirm it', () => {
  const held = word === undefined ? new Map() : heldOfWord(word);
  expect(held.size).toBe(9);
  expect(held.get('llm/judge-1-0')).toMatchObject({
    kind: 'planted-word',
    suspect: { likely: 'a', probability: 0.7 },
    alone: { judge: 'llm/judge-1', from: null, word: 'zxqv', to: 'd', turned: 9, of: 9 },
    category: 'suspect-judgement',
    reason:
      'llm/judge-1 alone says "d" of 9 in 9 texts that hold "zxqv", which decides alone: without it they are of other ' +
      'labels; held until another judge says so too, or ratchet settings MODEL confirmed="word zxqv > d"',
  });
});
