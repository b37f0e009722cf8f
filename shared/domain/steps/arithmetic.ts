import { evaluate } from './evaluate.ts';

/** A calculation that a text states wrongly. */
export interface WrongCalculation {
  /** Offset in the text, UTF-16. */
  readonly start: number;
  /** As the text writes it. */
  readonly expression: string;
  /** What it says comes out. */
  readonly stated: string;
  readonly right: number;
}

/** More of a side of an equation is not read. */
const longestSide = 120;
/** Annotations of a calculator, as in GSM8K (Cobbe et al. 2021): `<<3*4=12>>12`, the result written out behind it. */
const annotation = /<<([^<>=\n]{1,120})=([^<>\n]{1,120})>>/gu;
const inExpression = /[\d.,$£€%+\-*/^×÷−x() ]/u;
const operator = /[+*/^×÷−x-]/u;
const writtenNumber = /^[ $£€]*(-?(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?:\.\d+)?%?)/u;

/**
 * Calculations whose stated result is wrong, in order: annotated ones, whose result or its copy behind them is wrong,
 * and equations of plain numbers (`16 - 3 = 12`). What is rounded or cut to the digits that are written counts as right;
 * what holds words, units between numbers or unknowns is left alone.
 */
export function wrongCalculations(text: string): readonly WrongCalculation[] {
  return [...annotated(text), ...equations(text)].toSorted((a, b) => a.start - b.start);
}

function* annotated(text: string): Generator<WrongCalculation> {
  for (const found of text.matchAll(annotation)) {
    const [whole, expression = '', stated = ''] = found;
    const right = evaluate(expression);
    if (right === null) continue;
    const results = stated.split('=');
    const copied = writtenNumber.exec(text.slice(found.index + whole.length, found.index + whole.length + 40))?.[1];
    const wrong = [...results, ...(copied === undefined ? [] : [copied])].find((result) => !says(result, right));
    if (wrong !== undefined) yield { start: found.index, expression, stated: wrong.trim(), right };
  }
}

function* equations(text: string): Generator<WrongCalculation> {
  const plain = text.replace(annotation, (whole) => ' '.repeat(whole.length));
  for (let at = plain.indexOf('='); at >= 0; at = plain.indexOf('=', at + 1)) {
    const left = sideBefore(plain, at);
    const stated = writtenNumber.exec(plain.slice(at + 1, at + 1 + longestSide));
    if (left === null || stated?.[1] === undefined) continue;
    const goesOn = plain.slice(at + 1 + stated[0].length).trimStart()[0] ?? '';
    if (goesOn !== '' && (operator.test(goesOn) || goesOn === '(' || goesOn === '%')) continue;
    const right = evaluate(left.text);
    if (right === null || says(stated[1], right)) continue;
    yield { start: left.start, expression: left.text, stated: stated[1].trim(), right };
  }
}

/** The expression that ends before a place; null where none does, or where it may begin with a word. */
function sideBefore(text: string, end: number): { readonly text: string; readonly start: number } | null {
  let start = end;
  while (start > 0 && end - start < longestSide && inExpression.test(text.charAt(start - 1))) start -= 1;
  const side = text.slice(start, end);
  const begin = side.search(/[\d(.$£€-]/u);
  if (begin < 0 || !operator.test(side.slice(begin + 1))) return null;
  const before = (text.slice(0, start) + side.slice(0, begin)).trimEnd().at(-1) ?? '';
  if (begin > 0 && operator.test(side.slice(0, begin).trim())) return null;
  if (side[begin] === '-' && /[\p{L}\p{N})]/u.test(before)) return null;
  return /[\p{L}\p{N}_]$/u.test(text.slice(Math.max(0, start - 1), start)) && !/^\s/u.test(side) && begin === 0
    ? null
    : { text: side.slice(begin).trim(), start: start + begin };
}

/** Whether a written number says a value, as far as its digits go. */
function says(written: string, value: number): boolean {
  const joined = written.replace(/(?<=\d) (?=\d{3}(?!\d))/gu, '');
  const stated = evaluate(joined);
  // 14.99 of 14.999999999999998 is cut off, though the value is 15.
  if (stated === null || (joined.includes('.') && String(value).startsWith(joined.trim()))) return true;
  const candidates = written.includes('%') ? [stated, stated * 100] : [stated];
  const digits = /\.(\d+)/u.exec(joined)?.[1]?.length ?? 0;
  const unit = 10 ** -digits;
  const exact = 1e-9 * Math.max(1, Math.abs(value));
  return candidates.some((one) => {
    const off = Math.min(Math.abs(one - value), Math.abs(one + value));
    return off <= exact || (off < unit && !isWritten(value, digits));
  });
}

/** Whether so many digits behind the point write the value in full. */
function isWritten(value: number, digits: number): boolean {
  const scaled = value * 10 ** digits;
  return Math.abs(scaled - Math.round(scaled)) <= 1e-6 * Math.max(1, Math.abs(scaled) * 1e-6);
}
