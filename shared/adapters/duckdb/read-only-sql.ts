import { type DuckDBConnection, StatementType } from '@duckdb/node-api';
import { RatchetError } from '../../domain/base/errors.ts';

const longestSql = 100_000;
const tableFunctions: ReadonlySet<string> = new Set([
  'unnest',
  'range',
  'generate_series',
  'json_each',
  'json_tree',
  'repeat',
]);
const tables: ReadonlySet<string> = new Set(['traces', 'judgements']);
const forbiddenFunctions: ReadonlySet<string> = new Set([
  'getenv',
  'getvariable',
  'current_setting',
  'current_query',
  'nextval',
  'currval',
  'setseed',
  'write_log',
  'sleep_ms',
  // One call of these makes a text or list of any size, and cannot be interrupted.
  'range',
  'generate_series',
  'repeat',
  'lpad',
  'rpad',
  'list_resize',
  'array_resize',
]);

/**
 * Refuses whatever is not exactly one SELECT over `traces` and `judgements`, by the tree that DuckDB's own parser makes
 * of it: no other table, view or file, and no table function but those that unfold values.
 * @param options.plainNames whether tables may be named by nothing but their name
 * @throws RatchetError `ForbiddenQuery` for what is not allowed, `InvalidInput` for what is no SQL
 */
export async function checkReadOnly(
  connection: DuckDBConnection,
  sql: string,
  options: { readonly plainNames: boolean } = { plainNames: false },
): Promise<void> {
  if (sql.length > longestSql) throw forbidden(`the statement is longer than ${longestSql} characters`);
  if (sql.includes('\0')) throw forbidden('the statement holds a NUL character; hand texts over as parameters');
  const tree = await parse(connection, sql);
  const commonTables = new Set<string>();
  const calledAsTables = new Set<unknown>();
  const used = { tables: new Set<string>(), tableFunctions: new Set<string>(), functions: new Set<string>() };
  for (const node of nodesOf(tree)) {
    if (node.type === 'SHOW_REF') throw forbidden('SHOW, DESCRIBE and SUMMARIZE are no SELECT');
    if (node.type === 'BASE_TABLE') {
      used.tables.add(nameIn(node.table_name));
      const qualified = [node.schema_name, node.catalog_name].some((name) => name !== '' && name !== undefined);
      if (options.plainNames && qualified) throw forbidden('tables are named by their name alone here');
    }
    if (node.type === 'TABLE_FUNCTION') {
      calledAsTables.add(node.function);
      used.tableFunctions.add(nameIn(propertyOf(node.function, 'function_name')));
    }
    if (node.class === 'FUNCTION' && !calledAsTables.has(node)) used.functions.add(nameIn(node.function_name));
    for (const name of commonTableNames(node)) commonTables.add(name);
  }
  const table = [...used.tables].find((name) => !tables.has(name) && !commonTables.has(name));
  if (table !== undefined) throw forbidden(`there is no table ${JSON.stringify(table)}, only traces and judgements`);
  const tableFunction = [...used.tableFunctions].find((name) => !tableFunctions.has(name));
  if (tableFunction !== undefined) throw forbidden(`the table function ${tableFunction} is not allowed`);
  const scalar = [...used.functions].find((name) => forbiddenFunctions.has(name));
  if (scalar !== undefined) throw forbidden(`the function ${scalar} is not allowed`);
  await checkStatement(connection, sql);
}

/** A fault for a query that is refused, with the reason. */
export function forbidden(reason: string, cause?: unknown): RatchetError {
  return new RatchetError('ForbiddenQuery', `The query is refused: ${reason}.`, cause === undefined ? {} : { cause });
}

/** A fault for a query that is allowed but does not work. */
export function unworkable(reason: string, cause?: unknown, dialect = 'DuckDB dialect'): RatchetError {
  return new RatchetError('InvalidInput', `The query does not work: ${reason}`, {
    mend: `Correct the SQL: ${dialect}, tables traces and judgements.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

type Node = Readonly<Record<string, unknown>>;

async function parse(connection: DuckDBConnection, sql: string): Promise<Node> {
  const answer = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [sql]);
  const tree: unknown = JSON.parse(String(answer.value(0, 0)));
  if (!isNode(tree)) throw forbidden('it could not be analysed');
  if (tree.error === true) {
    const message = String(tree.error_message);
    if (tree.error_type === 'parser') throw unworkable(message);
    throw forbidden(message.includes('Only SELECT') ? 'it is not a SELECT statement' : message);
  }
  const count = Array.isArray(tree.statements) ? tree.statements.length : 0;
  if (count !== 1) throw forbidden(`it holds ${count} statements instead of one`);
  return tree;
}

/** The second check: DuckDB's statement extraction and the type of the prepared statement. */
async function checkStatement(connection: DuckDBConnection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw forbidden(`it holds ${statements.count} statements instead of one`);
  const prepared = await statements.prepare(0);
  try {
    if (prepared.statementType !== StatementType.SELECT) throw forbidden('it is not a SELECT statement');
  } finally {
    prepared.destroySync();
  }
}

/** The objects of a tree, each before those within it. */
function* nodesOf(tree: Node): Generator<Node> {
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const next = pending.pop();
    if (Array.isArray(next)) {
      for (const item of next) pending.push(item);
    } else if (isNode(next)) {
      yield next;
      pending.push(...Object.values(next));
    }
  }
}

function commonTableNames(node: Node): readonly string[] {
  const map = propertyOf(node.cte_map, 'map');
  return Array.isArray(map) ? map.map((entry) => nameIn(propertyOf(entry, 'key'))) : [];
}

function propertyOf(value: unknown, key: string): unknown {
  return isNode(value) ? value[key] : undefined;
}

function nameIn(value: unknown): string {
  return String(value).toLowerCase();
}

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
