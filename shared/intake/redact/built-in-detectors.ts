import { isIPv6 } from 'node:net';
import type { DetectedSpan, Detector } from '../../ports/detector.ts';
import { ibanLengths } from './iban-lengths.ts';

/** What a model's setting `redact` can name. */
export const builtInDetectors = {
  email: pattern(
    'EMAIL',
    /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu,
    (text) => text.toLowerCase(),
  ),
  iban: { name: 'iban', find: findIbans },
  card: { name: 'card', find: findCards },
  ip: { name: 'ip', find: findAddresses },
  phone: { name: 'phone', find: findPhones },
} as const satisfies Readonly<Record<string, Detector>>;

function pattern(kind: string, expression: RegExp, normalise: (text: string) => string): Detector {
  return {
    name: kind.toLowerCase(),
    find: (text) => [...text.matchAll(expression)].map((match) => spanOf(match, kind, normalise(match[0]))),
  };
}

function spanOf({ index, 0: found }: RegExpExecArray, kind: string, value: string): DetectedSpan {
  return { start: index, end: index + found.length, kind, value };
}

const ibanStart = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?=[ ]?[A-Z0-9])/gi;

/** Country, check digits, and as many letters and digits as the country has; ISO 13616's remainder of 97 is 1. */
function findIbans(text: string): DetectedSpan[] {
  const found: DetectedSpan[] = [];
  for (const { index, 0: head } of text.matchAll(ibanStart)) {
    const length = ibanLengths[head.slice(0, 2).toUpperCase()];
    if (length === undefined) continue;
    let value = '';
    let end = index;
    while (value.length < length && end < text.length) {
      const character = text[end] ?? '';
      if (/[A-Z0-9]/i.test(character)) value += character.toUpperCase();
      else if (character !== ' ' || text[end - 1] === ' ') break;
      end += 1;
    }
    if (value.length === length && !/[A-Z0-9]/i.test(text[end] ?? '') && remainderOf97(value) === 1) {
      found.push({ start: index, end, kind: 'IBAN', value });
    }
  }
  return found;
}

function remainderOf97(iban: string): number {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder;
}

const digitGroups = /\d+/g;
const cardDigits = { least: 13, most: 19 };

/** Groups of digits with single blanks or hyphens between them, 13 to 19 digits in all that pass the Luhn check. */
function findCards(text: string): DetectedSpan[] {
  const groups = [...text.matchAll(digitGroups)].map(({ index, 0: digits }) => ({ index, digits }));
  const found: DetectedSpan[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    const start = groups[first]?.index ?? 0;
    let digits = '';
    let best: { last: number; span: DetectedSpan } | null = null;
    for (let last = first; last < groups.length; last += 1) {
      const group = groups[last];
      if (group === undefined || (last > first && !isJoined(text, groups[last - 1], group.index))) break;
      digits += group.digits;
      if (digits.length > cardDigits.most) break;
      if (digits.length < cardDigits.least || !isCard(digits)) continue;
      const end = group.index + group.digits.length;
      best = { last, span: { start, end, kind: 'CARD', value: digits } };
    }
    if (best === null) continue;
    found.push(best.span);
    first = best.last;
  }
  return found;
}

function isJoined(text: string, before: { index: number; digits: string } | undefined, index: number): boolean {
  const end = (before?.index ?? 0) + (before?.digits.length ?? 0);
  return index === end + 1 && /[ -]/.test(text[end] ?? '');
}

/** Numbers of payment cards begin with 2 to 6 (ISO/IEC 7812). */
function isCard(digits: string): boolean {
  if (!/^[2-6]/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`(?<![\\w.])${byte}(?:\\.${byte}){3}(?![\\w]|\\.\\d)`, 'g');
const ipv6 = /(?<![\w:.])[0-9a-f:]{0,5}:[0-9a-f:.]{1,40}(?![\w:])/gi;

function findAddresses(text: string): DetectedSpan[] {
  const old = [...text.matchAll(ipv4)].map((match) => spanOf(match, 'IP', match[0]));
  const long = [...text.matchAll(ipv6)].flatMap((match) => {
    const address = match[0].replace(/\.+$/, '');
    return isIPv6(address)
      ? [{ start: match.index, end: match.index + address.length, kind: 'IP', value: address.toLowerCase() }]
      : [];
  });
  return [...old, ...long];
}

const phone = /(?<![\p{L}\p{N}_+.-])(?:\+|\(?\d)[\d ()./-]{5,24}\d(?![\p{L}\p{N}_])/gu;
const northAmerican = /^(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}$/;

/**
 * Numbers with a country code (`+` or 00 and 8 to 15 digits), national ones that begin with 0 (9 to 12 digits), and
 * those of North America as they are usually written. Other runs of digits are as likely orders or dates.
 */
function findPhones(text: string): DetectedSpan[] {
  return [...text.matchAll(phone)].flatMap((match) => {
    const written = match[0];
    const digits = written.replace(/\D/g, '');
    const international = /^(?:\+|00)/.test(written) && digits.length >= 8 && digits.length <= 17;
    const national = /^\(?0[1-9]/.test(written) && digits.length >= 9 && digits.length <= 12 && !isDate(written);
    if (!international && !national && !northAmerican.test(written)) return [];
    return [spanOf(match, 'PHONE', digits.replace(/^00/, ''))];
  });
}

function isDate(text: string): boolean {
  return /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/.test(text);
}
