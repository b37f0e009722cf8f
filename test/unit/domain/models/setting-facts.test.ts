import { expect, test } from 'vitest';
import { factsOfSetting, settingFacts, showSetting } from '../../../../shared/domain/models/setting-facts.ts';
import { defaultSettings, settingsSchema } from '../../../../shared/domain/models/settings.ts';

test('every setting has a meaning, a range and its default', () => {
  expect(settingFacts.map(({ name }) => name)).toEqual(Object.keys(settingsSchema.shape));
  for (const facts of settingFacts) {
    expect(facts.meaning).not.toBe('');
    expect(facts.range).not.toBe('any');
    expect(facts.default).toEqual(defaultSettings[facts.name]);
  }
});

test.each([
  ['targetScore', '0 to 1'],
  ['caution', 'strict, normal, bold'],
  ['critical', 'names, separated by commas'],
  ['alpha', 'above 0, at most 0.5'],
  ['deteriorationThreshold', 'above 0'],
  ['smallestGain', 'at least 0'],
  ['enoughFailures', 'a whole number, at least 0'],
  ['chunkSize', 'a whole number, at least 1'],
  ['maxIterations', 'a whole number, 1 to 20'],
])('the range of %s is "%s"', (name, range) => {
  expect(factsOfSetting(name)?.range).toBe(range);
});

test('a value is shown as it is written', () => {
  expect([0.5, 'strict', [], ['a', 'b, c']].map(showSetting)).toEqual(['0.5', 'strict', 'none', 'a, "b, c"']);
});
