import { expect, test } from 'vitest';
import {
  capitalise,
  figureMeaning,
  figureNote,
  figureTitle,
  humanise,
  ruleTitle,
} from '../../../../shared/loop/report/plain-words.ts';

test('a figure has a title, what it says and how honest it is; one of another version has its name alone', () => {
  expect(figureTitle('failures')).toBe("Champion's failures");
  expect(figureMeaning('failures')).toContain('the share that is fixed');
  expect(figureNote('report')).toBe('opened once');
  expect(figureTitle('holdout\u202e')).toBe('holdout⟨U+202E⟩');
  expect(figureTitle('x'.repeat(100)).length).toBeLessThanOrEqual(60);
  expect([figureMeaning('holdout'), figureNote('holdout')]).toEqual(['', '']);
});

test('a rule of the gate is named, that of facets as the task calls them', () => {
  expect(ruleTitle({ rule: 'memory' }, { facet: 'label' })).toBe('Memory');
  expect(ruleTitle({ rule: 'labels' }, { facet: 'entity type' })).toBe('Every entity type');
});

test('a name of the program is a phrase for people', () => {
  expect(humanise('label-confusion-of-two')).toBe('Label confusion of two');
  expect(humanise('y'.repeat(100)).length).toBeLessThanOrEqual(80);
  expect(capitalise('two words')).toBe('Two words');
  expect(capitalise('')).toBe('');
});
