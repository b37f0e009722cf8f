import { describe, expect, it, test } from 'vitest';
import {
  bestOf,
  ofGain,
  ofRight,
  reportShareNote,
  scoreName,
  scoreSentence,
  testRows,
} from '../../../../shared/loop/report/test-rows.ts';
import { beforeAfter, promotedReport } from '../../../helpers/report-data.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const whole = { words: { facet: 'label', facets: 'labels' } };
const inParts = {
  words: { facet: 'type', facets: 'types', parts: { one: 'entity', several: 'entities', metric: 'entity F1' } },
};

test('figures are named, with how many traces they are of and how honest they are', () => {
  const rows = testRows([beforeAfter('report', 40, 30, 31), beforeAfter('own', 1, 0, 1)]);
  expect(rows.map(({ name, note }) => [name, note])).toEqual([
    ['Kept for the report', '40 traces, opened once'],
    ['own', '1 trace'],
  ]);
  expect(rows[0]).toMatchObject({ before: { right: 30, of: 40 }, after: { right: 31, of: 40 } });
});

test('a share and a gain say what they are of, where answers have parts', () => {
  expect(ofRight(whole)).toBe('');
  expect(ofRight(inParts)).toBe(' of traces wholly right');
  expect(ofGain({}, whole)).toBe('');
  expect(ofGain({}, inParts)).toBe(' of traces wholly right');
  expect(ofGain({ partly: { more: 2, less: 1 } }, inParts)).toBe(' of entities right');
  expect(ofGain({ partly: { more: 2, less: 1 } }, whole)).toBe(' of parts right');
  expect([scoreName(whole), scoreName(inParts)]).toEqual(['score', 'entity F1']);
});

describe('the score of the task', () => {
  const one = (value: number) => ({ metric: 'entity F1', value, lower: value - 0.1, upper: value + 0.1 });
  const score = { before: one(0.6), after: one(0.7) };
  const agreement = { same: 4, overlapping: 2, expected: 10, answered: 10 };

  it('is told before and after with its interval, and nothing where it is the share of right answers', () => {
    expect(scoreSentence({ score: null, places: null })).toBe('');
    expect(plain(scoreSentence({ score, places: null }))).toBe(
      ' Entity F1: 60.0 % (50.0–70.0 %) before, 70.0 % (60.0–80.0 %) after, with 95 % intervals.',
    );
  });

  it('comes with that of places alone, where there are any', () => {
    const places = { before: agreement, after: { ...agreement, same: 6 } };
    expect(plain(scoreSentence({ score, places }))).toContain(
      ' Partial F1, by places alone, half for such as only overlap: 50.0 % before, 70.0 % after.',
    );
    const none = { same: 0, overlapping: 0, expected: 0, answered: 0 };
    expect(scoreSentence({ score, places: { before: none, after: agreement } })).not.toContain('Partial');
    expect(scoreSentence({ score, places: { before: agreement, after: none } })).not.toContain('Partial');
  });
});

test('a candidate that was chosen among several says that its figures may flatter', () => {
  const { candidates } = promotedReport();
  const leftOut = 'suspect judgements';
  expect(bestOf({ candidates, leftOut })).toBe(
    'It was chosen among 4 candidates tried in this run on these same records, so its figures may flatter a little; suspect judgements are left out of them.',
  );
  expect(bestOf({ candidates: candidates.slice(0, 2), leftOut })).toContain('among 2 candidates');
  expect(bestOf({ candidates: candidates.slice(0, 1), leftOut })).toContain('the only candidate');
});

test('what is kept for the report is told of where there is such a share', () => {
  const traffic = beforeAfter('traffic', 40, 30, 31);
  expect(reportShareNote({ test: [traffic, beforeAfter('report', 40, 30, 31)] })).toContain('no decision has touched');
  expect(reportShareNote({ test: [traffic] })).toBe('');
  expect(reportShareNote({ test: null })).toBe('');
});
