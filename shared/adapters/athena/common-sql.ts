import { forbidden, unworkable } from '../duckdb/read-only-sql.ts';
import { commonDialect } from './common-dialect.ts';

export type Parameter = string | number | boolean | null;

export type TokenKind = 'space' | 'word' | 'number' | 'text' | 'name' | 'parameter' | 'sign';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Each begins where the one before ended. */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['text', /'(?:[^']|'')*'/y],
  ['name', /"[^"\p{Cc}]+"/uy],
  ['parameter', /\?|\$\d{1,4}/y],
  ['sign', /<=|>=|<>|!=|\|\||[()[\],.*+\-/%=<>]/y],
];
const ofDuckDbAlone = /::|->/y;
/** Letters and digits right before a quote make another kind of text of it, and right after a number a name. */
const touching: ReadonlySet<TokenKind> = new Set(['word', 'number', 'text', 'name', 'parameter']);

/**
 * The pieces of a statement, where DuckDB and Trino agree on each of them: what one takes for a text, a name or a comment
 * the other takes for the same. Comments, which DuckDB nests and Trino does not, are none of them, nor are texts by `$$` or with
 * escapes.
 * @throws RatchetError `ForbiddenQuery` for any other character, `InvalidInput` for DuckDB's own operators
 */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    if (matchAt(ofDuckDbAlone, sql, at) !== null) {
      throw unworkable(
        `Athena knows no ${sql.slice(at, at + 2)}; write CAST(x AS type), json_extract(x, '$.name')`,
        undefined,
        commonDialect,
      );
    }
    const token = tokenAt(sql, at);
    const before = tokens.at(-1);
    if (token === null || sql.startsWith('--', at) || sql.startsWith('/*', at)) {
      throw forbidden(`${JSON.stringify(sql.slice(at, at + 2))} is not of the SQL that is taken here`);
    }
    if (before !== undefined && touching.has(before.kind) && touching.has(token.kind)) {
      throw forbidden(`there has to be a space between ${before.text.slice(-20)} and ${token.text.slice(0, 20)}`);
    }
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): Token | null {
  for (const [kind, pattern] of patterns) {
    const text = matchAt(pattern, sql, at);
    if (text !== null) return { kind, text };
  }
  return null;
}

function matchAt(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

/**
 * The statement with its parameters written as literals, which Athena's own parameters are too.
 * @throws RatchetError `InvalidInput` where there are not as many as there are places, or one is no finite number
 */
export function withParameters(tokens: readonly Token[], parameters: readonly Parameter[]): string {
  const literals = parameters.map(sqlLiteralOf);
  const used = new Set<number>();
  let next = 0;
  const texts = tokens.map(({ kind, text }) => {
    if (kind !== 'parameter') return text;
    const index = text === '?' ? next : Number(text.slice(1)) - 1;
    if (text === '?') next += 1;
    used.add(index);
    return literals[index] ?? '';
  });
  const wanted = used.size === 0 ? 0 : Math.max(...used) + 1;
  if (wanted !== parameters.length) {
    throw unworkable(`it has ${wanted} parameters, and ${parameters.length} were given`, undefined, commonDialect);
  }
  return texts.join('');
}

/** A value as DuckDB and Trino both write it; lone surrogates become U+FFFD. */
export function sqlLiteralOf(value: Parameter): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberLiteral(value);
  const parts = value
    .toWellFormed()
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' || chr(0) || ')})`;
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw unworkable(`${value} is no number that SQL knows`, undefined, commonDialect);
  const digits = Number.isSafeInteger(value)
    ? String(Math.abs(value))
    : Math.abs(value).toExponential().replace('+', '');
  return value < 0 ? `(-${digits})` : digits;
}

/** Whether a word stands outside of all brackets. */
export function hasOutside(tokens: readonly Token[], words: ReadonlySet<string>): boolean {
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
    if (kind === 'word' && depth === 0 && words.has(text.toLowerCase())) return true;
  }
  return false;
}
