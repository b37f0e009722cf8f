import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { customPatternProblem } from '../../../../shared/domain/redaction/custom-pattern.ts';
import { builtInDetectors } from '../../../../shared/intake/redact/built-in-detectors.ts';
import { detectorsOf, Redactor } from '../../../../shared/intake/redact/redactor.ts';

const all = detectorsOf({
  redact: ['email', 'iban', 'card', 'ip', 'phone'],
  redactPatterns: ['CUSTOMER=CU-\\d{6,8}'],
});
const redact = (text: string) => new Redactor(all).text(text);

describe('redaction', () => {
  test.each([
    ['write to Jane.Roe+x@mail.example.org.', 'write to «EMAIL-1».'],
    ['jürgen@büro.de, <a@b.co>', '«EMAIL-1», <«EMAIL-2»>'],
    ['card 4111 1111 1111 1111 please', 'card «CARD-1» please'],
    ['4111-1111-1111-1111, 378282246310005', '«CARD-1», «CARD-2»'],
    ['order 7 4111111111111111 9', 'order 7 «CARD-1» 9'],
    ['pay to DE89 3704 0044 0532 0130 00 today', 'pay to «IBAN-1» today'],
    ['gb82west12345698765432', '«IBAN-1»'],
    ['from 192.168.0.17:80 or [2001:db8::ff00:42:8329]', 'from «IP-1»:80 or [«IP-2»]'],
    ['call +49 (30) 123456-78 or 0044 20 7946 0958', 'call «PHONE-1» or «PHONE-2»'],
    ['call 030 1234567, (555) 123-4567, 555-123-4567', 'call «PHONE-1», «PHONE-2», «PHONE-2»'],
    ['I am CU-1234567', 'I am «CUSTOMER-1»'],
  ])('replaces what %j holds', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  test.each([
    'where is order 1234567890123?',
    'card 4111 1111 1111 1112',
    'DE88 3704 0044 0532 0130 00',
    'version 1.2.3 of 2026-03-01T09:30:00Z, at 12:30:45, on 01.02.2026',
    'a@b, @home, user@localhost',
    '999.1.1.1 and 1.2.3.4.5',
    'std::vector<int> and 10:20',
    'invoice 20260301 1035 of 3 items for 19.99',
    'CU-12345 and XCU',
    '',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('gives a value one placeholder within a trace, however it is written, and others other ones', () => {
    const redactor = new Redactor(all);
    expect(redactor.text('a@b.org A@B.ORG c@d.org')).toBe('«EMAIL-1» «EMAIL-1» «EMAIL-2»');
    expect(redactor.value({ to: ['c@d.org', 7, null, true], 'x@y.org': { deep: '+49 30 123456' } })).toEqual({
      to: ['«EMAIL-2»', 7, null, true],
      'x@y.org': { deep: '«PHONE-1»' },
    });
    expect(redactor.text('+4930123456')).toBe('«PHONE-1»');
    expect(redactor.replaced).toBe(6);
  });

  test('lets the earlier detector have what several find', () => {
    const find = (kind: string, start: number, end: number) => ({
      name: kind,
      find: () => [{ start, end, kind, value: kind }],
    });
    const text = (...detectors: ReturnType<typeof find>[]) => new Redactor(detectors).text('abcdef');
    expect(text(find('A', 1, 3), find('B', 2, 4))).toBe('a«A-1»def');
    expect(text(find('B', 2, 4), find('A', 1, 3))).toBe('ab«B-1»ef');
    expect(text(find('B', 3, 4), find('A', 1, 3), find('C', 0, 6), find('D', 4, 4))).toBe('a«A-1»«B-1»ef');
  });

  test('finds places in order of any text, and what it left is not found again', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a@b.org', '4111111111111111', '192.168.0.1', '+4930123456', ' ', '-', '.', '7'),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        for (const detector of Object.values(builtInDetectors))
          for (const { start, end } of detector.find(text))
            expect(0 <= start && start < end && end <= text.length).toBe(true);
        expect(redact(text).length).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('takes long texts of one kind without end in reasonable steps', () => {
    for (const text of ['a', '1', '1 ', '1.', '@', 'a@', ':', 'f:', 'DE89 ', '+1', '(1'].map((part) =>
      part.repeat(50_000),
    ))
      expect(redact(text)).toBeTypeOf('string');
  });
});

describe('a pattern of one’s own', () => {
  test.each(['CUSTOMER=CU-\\d{6,8}', 'ID=[A-Z]{2}\\d{1,10}', 'NAME=(?:Jane|Joe) Roe', 'X=a?b\\.c', 'Y=\\bÄ{3}\\b'])(
    'can be %j',
    (written) => {
      expect(customPatternProblem(written)).toBeNull();
    },
  );

  test.each([
    ['no name', '\\d{3}', 'NAME=EXPRESSION'],
    ['a name in small letters', 'id=\\d{3}', 'NAME=EXPRESSION'],
    ['no expression', 'ID=', '1 to 200'],
    ['an endless repetition', 'ID=\\d+', 'no *, + or look-around'],
    ['a star', 'ID=a*', 'no *, + or look-around'],
    ['a repeated group', 'ID=(a|b){2,9}', 'a group cannot be repeated'],
    ['many counts', 'ID=a{0,99}a{0,99}b', 'ways'],
    ['look-around', 'ID=(?=a)b', 'look-around'],
    ['a reference', 'ID=(a)\\1', 'look-around'],
    ['the empty text', 'ID=a?', 'empty text'],
    ['an open bracket', 'ID=[a', 'look-around'],
    ['an open group', 'ID=(a', 'parenthes|Unterminated|group'],
  ])('cannot have %s', (_, written, problem) => {
    expect(customPatternProblem(written)).toMatch(new RegExp(problem.replace(/[*+]/g, '\\$&')));
  });

  test('is refused or is an expression, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const problem = customPatternProblem(`ID=${text}`);
        if (problem === null) expect(() => new RegExp(text, 'u')).not.toThrow();
      }),
    );
  });
});
