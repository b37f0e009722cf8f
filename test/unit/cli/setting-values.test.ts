import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingValues } from '../../../cli/setting-values.ts';
import { settingsSchema } from '../../../shared/domain/models/settings.ts';
import { anyText } from '../intake/any-text.ts';

/** The values, or undefined where they are refused. */
function valuesOf(...assignments: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  try {
    return settingValues(assignments);
  } catch {
    return undefined;
  }
}

describe('settings on a command line', () => {
  test('are names with values: numbers, texts, and lists by commas or as JSON', () => {
    expect(
      settingValues(['alpha= 0.1 ', 'caution=bold', 'critical=a, b', 'redactPatterns=["X=a{1,2}","Y=b"]']),
    ).toEqual({
      alpha: 0.1,
      caution: 'bold',
      critical: ['a', 'b'],
      redactPatterns: ['X=a{1,2}', 'Y=b'],
    });
    expect(settingValues(['critical='])).toEqual({ critical: [] });
  });

  test.each([
    ['redactPatterns=CUSTOMER=CU-\\d{6,8}', ['CUSTOMER=CU-\\d{6,8}']],
    ['redactPatterns=A=a{1,2}, B_2=[x,y]b', ['A=a{1,2}', 'B_2=[x,y]b']],
    ['redactPatterns="A=a{1,2}",B=b', ['A=a{1,2}', 'B=b']],
    ['critical="a, b",none', ['a, b', 'none']],
    ['critical="a ""b"""', ['a "b"']],
    ['redact=email, phone', ['email', 'phone']],
    ['redact=none', []],
  ])('take commas where they belong to an entry: %s', (text, entries) => {
    expect(Object.values(settingValues([text]))).toEqual([entries]);
  });

  test('are refused where a list has an empty entry or an open quote', () => {
    for (const text of ['critical=a,,b', 'critical="a', 'redact=,']) {
      expect(() => settingValues([text])).toThrow(/is no list/);
    }
  });

  test('are refused where they assign nothing, or twice', () => {
    for (const text of ['', 'a', '=', '=1']) expect(valuesOf(text)).toBeUndefined();
    expect(valuesOf('alpha=1', 'alpha=2')).toBeUndefined();
  });

  test('are never taken for what they are not, whatever was typed', () => {
    const texts = fc.oneof(
      anyText,
      anyText.map((text) => `alpha=${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const given = valuesOf(text);
        if (given === undefined) return;
        const settings = settingsSchema.safeParse(given);
        if (settings.success) expect(Number.isFinite(settings.data.alpha)).toBe(true);
      }),
    );
    for (const text of ['__proto__=1', 'constructor=1', 'toString=x'])
      expect(settingsSchema.safeParse(valuesOf(text)).success).toBe(false);
    expect({}).not.toHaveProperty('polluted');
  });
});
