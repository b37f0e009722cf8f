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

describe('a word is planted', () => {
  const without = (said: (at: number) => OutOfFold | undefined) => Array.from({ length: 9 }, (_, at) => said(at));
  const isIt = (said: (at: number) => OutOfFold | undefined) => word !== undefined && isPlanted(word, without(said));

  it('where its texts without it are what the first examples say, of several labels', () => {
    expect(isIt((at) => believing(labels[at % 3] ?? ''))).toBe(true);
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
    reason: expect.stringContaining('confirmed="word zxqv > d"'),
  });
});
