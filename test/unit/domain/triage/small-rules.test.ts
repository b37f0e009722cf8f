import { describe, expect, test } from 'vitest';
import { leftOutOfFigures, looksForSuspects } from '../../../../shared/domain/triage/detector-name.ts';
import { quote } from '../../../../shared/domain/triage/finding.ts';
import { isHtmlElement } from '../../../../shared/domain/triage/html-elements.ts';
import { isLaughter } from '../../../../shared/domain/triage/laughter.ts';
import { isOfPerson } from '../../../../shared/domain/triage/of-person.ts';
import { isHeld, isUsable } from '../../../../shared/domain/triage/triage.ts';
import { judged } from './fixtures.ts';

test('a piece of a text is quoted whole up to 40 characters, and so that nothing ends the quotes', () => {
  expect(quote('say "hi"\n')).toBe('"say \\"hi\\"\\n"');
  expect(quote('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
  expect(quote('x'.repeat(41))).toBe(`"${'x'.repeat(39)}…"`);
});

test('elements of web pages are known by their names', () => {
  expect(['div', 'P', 'h3', 'tr'].every(isHtmlElement)).toBe(true);
  expect(['order', 'h7', 'divx', 'xdiv', ''].some(isHtmlElement)).toBe(false);
});

test('what people judged is told from what judges did, and from what nobody judged', () => {
  const made = { traceId: 't', input: 'x', given: 'refund' } as const;
  expect(isOfPerson(judged({ ...made, judge: 'human' }))).toBe(true);
  expect(isOfPerson(judged({ ...made, judge: 'llm' }))).toBe(false);
  expect(isOfPerson({ judgement: null })).toBe(false);
});

test('clean and noisy texts are used, poison and suspects are not', () => {
  expect((['clean', 'fixable-noise', 'poison', 'suspect-judgement'] as const).map(isUsable)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a judgement is held that goes with others of one judge alone', () => {
  expect(isHeld({})).toBe(false);
  expect(isHeld({ alone: { judge: 'llm/a', from: 'x', word: null, to: 'y', turned: 5, of: 9 } })).toBe(true);
});

test('suspects are looked for among labels and among spans, and named in figures where they are', () => {
  const kinds = (...triage: Parameters<typeof looksForSuspects>[0]['triage']) => ({ triage });
  expect(looksForSuspects(kinds('typos', 'flipped-label'))).toBe(true);
  expect(looksForSuspects(kinds('systematic-span'))).toBe(true);
  expect(looksForSuspects(kinds('typos', 'people-disagree'))).toBe(false);
  expect(leftOutOfFigures(kinds('wrong-span'))).toBe('suspect judgements');
  expect(leftOutOfFigures(kinds('people-disagree'))).toBe('traces on which people disagree');
});

describe('laughter', () => {
  test('is known in many languages', () => {
    for (const word of 'haha hahaha jajaja kkkk wwww 555 lol lololol rsrs lmao rofl xd хаха 哈哈 ㅋㅋㅋ ههه'.split(' '))
      expect(isLaughter(word), word).toBe(true);
  });

  test('is no word, and no part of one', () => {
    for (const word of 'what kk order хлеб 哈 alphahaha hahatschi'.split(' '))
      expect(isLaughter(word), word).toBe(false);
  });

  test('is told by the first 40 letters, so that a long word costs no more', () => {
    expect(isLaughter(`${'ha'.repeat(20)}x`)).toBe(true);
    expect(isLaughter(`${'ha'.repeat(19)}hx`)).toBe(false);
  });
});
