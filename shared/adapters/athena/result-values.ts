import type { ColumnInfo, ResultSet } from '@aws-sdk/client-athena';
import type { Row } from '../../ports/trace-query.ts';

const numbers: ReadonlySet<string | undefined> = new Set([
  'tinyint',
  'smallint',
  'integer',
  'int',
  'bigint',
  'float',
  'real',
  'double',
  'decimal',
]);
const time = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?: UTC)?$/;

/**
 * Rows of a page of results, all of which Athena gives as texts: numbers that are not finite as null, instants as ISO 8601 in UTC, and
 * anything else in Athena's own text form. Columns of one name are told apart by a number.
 * @param first whether its first row holds the names of the columns
 */
export function rowsOfPage({ Rows: rows = [], ResultSetMetadata: about }: ResultSet, first: boolean): readonly Row[] {
  const columns = about?.ColumnInfo ?? [];
  const names = apart(columns.map(({ Name }) => Name ?? ''));
  return rows.slice(first ? 1 : 0).map(({ Data: data = [] }) => {
    return Object.fromEntries(names.map((name, at) => [name, cellOf(data[at]?.VarCharValue, columns[at]?.Type)]));
  });
}

function cellOf(text: string | undefined, type: ColumnInfo['Type']): string | number | boolean | null {
  if (text === undefined) return null;
  if (type === 'boolean') return text === 'true';
  if (numbers.has(type)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : null;
  }
  if (type?.startsWith('timestamp') !== true) return text;
  const [, day, clock, fraction = ''] = time.exec(text) ?? [];
  return day === undefined ? text : `${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
}

function apart(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let more = 1; taken.has(free); more += 1) free = `${name}:${more}`;
    taken.add(free);
    return free;
  });
}
