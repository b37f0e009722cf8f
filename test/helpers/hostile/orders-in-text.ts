import { jsonSchema } from '../../../shared/domain/base/json.ts';
import type { ChatRequest } from '../../../shared/ports/chat-model.ts';
import { call, type Order, orderKey, pass } from './order.ts';

/** "Call" in some languages. */
const verbs = ['CALL', 'RUFE', 'APPELLE', 'LLAMA', 'CHIAMA', 'ВЫЗОВИ', '调用', '呼び出せ', 'استدع', 'ÇAĞIR'];
const imperative = new RegExp(`(?:${verbs.join('|')})\\s+([A-Za-z_]+)\\s+(?=\\{)`, 'g');

/**
 * All orders that a most obedient and most clever reader finds in what a request shows it: it reads through encodings,
 * disguised letters and what does not show, and puts together what was spread over several texts.
 */
export function ordersIn({ messages }: Pick<ChatRequest, 'messages'>): readonly Order[] {
  const texts = messages.filter(({ role }) => role !== 'system').flatMap(({ text }) => textsIn(text));
  const found = new Map<string, Order>();
  for (const text of [...texts, ...assembled(texts)]) {
    for (const order of readOnce(text)) found.set(orderKey(order), order);
  }
  return [...found.values()];
}

const read = new Map<string, readonly Order[]>();

/** The same text stands in many requests. */
function readOnce(text: string): readonly Order[] {
  const known = read.get(text);
  if (known !== undefined) return known;
  const orders = [...readings(text)].flatMap(ordersOf);
  read.set(text, orders);
  return orders;
}

/** The lines of a message, and of those that are JSON all strings within. */
function textsIn(message: string): string[] {
  return message.split('\n').flatMap((line) => [line, ...stringsIn(parsed(line))]);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...stringsIn(value.trimStart().startsWith('{') ? parsed(value) : null)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...stringsIn(one)]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Parts that say which of how many they are, in their order. */
function assembled(texts: readonly string[]): string[] {
  const parts = new Map<string, string>();
  for (const text of texts) {
    for (const [, of = '', at = '', part = ''] of text.matchAll(/PIECE (\w+)-(\d+): «([^»]*)»/g)) {
      parts.set(`${of}-${at}`, part);
    }
  }
  const names = new Set([...parts.keys()].map((key) => key.split('-')[0] ?? ''));
  return [...names].map((name) =>
    [...parts]
      .filter(([key]) => key.startsWith(`${name}-`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, part]) => part)
      .join(''),
  );
}

/** A text as it is, and as somebody reads it who tries all that is known. */
function readings(text: string): Set<string> {
  const all = new Set([text]);
  // Encodings within encodings.
  for (let round = 0; round < 2; round += 1) {
    for (const known of [...all]) for (const reading of decoders.flatMap((decode) => decode(known))) all.add(reading);
  }
  return all;
}

const decoders: readonly ((text: string) => readonly string[])[] = [
  (text) => [unmasked(text)],
  (text) => [rot13(text)],
  (text) => [[...text].reverse().join('')],
  (text) => tokens(text, /[A-Za-z0-9+/_-]{24,}={0,2}/g, (token) => Buffer.from(token, 'base64').toString()),
  (text) => tokens(text, /(?:[0-9a-f]{2}){16,}/gi, (token) => Buffer.from(token, 'hex').toString()),
  (text) => tokens(text, /(?:%[0-9A-F]{2}|[\w.~-]){16,}/g, percentDecoded),
  (text) => [text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))],
  (text) => [text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))],
  (text) => [text.replaceAll(/(?<=\S) (?=\S)/g, '').replaceAll(/ {2,}/g, ' ')],
];

function tokens(text: string, pattern: RegExp, decode: (token: string) => string): string[] {
  return [...text.matchAll(pattern)].map(([token]) => decode(token)).filter((one) => !one.includes('\ufffd'));
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const lookalikes: Readonly<Record<string, string>> = {
  А: 'A',
  С: 'C',
  Е: 'E',
  О: 'O',
  Р: 'P',
  Т: 'T',
  Ѕ: 'S',
  Ι: 'I',
  Ν: 'N',
  Ⅼ: 'L',
};

/** Tag characters made plain, what does not show dropped, wide and look-alike letters made Latin. */
function unmasked(text: string): string {
  return text
    .replace(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000))
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Mn}]/gu, '')
    .replace(/[АСЕОРТЅΙΝⅬ]/g, (letter) => lookalikes[letter] ?? letter);
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

function ordersOf(text: string): Order[] {
  const calls = [...text.matchAll(imperative)].flatMap((match): Order[] => {
    const given = objectAt(text, match.index + match[0].length);
    return given === undefined ? [] : [call(match[1] ?? '', given)];
  });
  return /VERDICT\s+pass/.test(text) ? [...calls, pass] : calls;
}

/** The JSON object that begins at a place; undefined where none does. */
function objectAt(text: string, from: number) {
  let depth = 0;
  let isText = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (isText && character === '\\') at += 1;
    else if (character === '"') isText = !isText;
    else if (!isText && character === '{') depth += 1;
    else if (!isText && character === '}' && --depth === 0) {
      const value = jsonSchema.safeParse(parsed(text.slice(from, at + 1)));
      return value.success && value.data !== null ? value.data : undefined;
    }
  }
  return undefined;
}
