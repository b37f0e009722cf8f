import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  type ResultSet,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { parse } from 'csv-parse';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Row } from '../../ports/trace-query.ts';
import { awsFailure } from '../aws/aws-failure.ts';
import type { S3ObjectStore } from '../aws/s3-object-store.ts';
import { forbidden, unworkable } from '../duckdb/read-only-sql.ts';
import { commonDialect } from './common-dialect.ts';
import { rowsOfPage } from './result-values.ts';

export interface AthenaQueriesOptions {
  readonly client: AthenaClient;
  /** Says where results go and how many bytes a query may read. */
  readonly workGroup: string;
  /** The bucket that results go to. */
  readonly queries: Pick<S3ObjectStore, 'open' | 'delete'>;
  readonly queriesBucket: string;
  readonly timeoutMs: number;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** Of one answer. Source: docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html */
const mostOfPage = 1_000;

/**
 * Asks Athena one statement at a time, waits for its end with growing pauses, reads its rows and deletes its result. Needs
 * `athena:StartQueryExecution`, `athena:GetQueryExecution`, `athena:GetQueryResults` and `athena:StopQueryExecution` on the work
 * group, and `s3:DeleteObject` on its results.
 */
export class AthenaQueries {
  readonly #options: AthenaQueriesOptions;

  constructor(options: AthenaQueriesOptions) {
    this.#options = options;
  }

  /**
   * @throws RatchetError `ForbiddenQuery` where it takes too long or reads too much, `InvalidInput` where it does not work,
   *   `StorageFailure` and `AccessDenied` where Athena cannot read or be asked
   */
  rows(statement: string, maxRows: number): Promise<readonly Row[]> {
    return this.#answered(statement, ({ QueryExecutionId: id = '' }) => this.#results(id, maxRows));
  }

  /**
   * Reads the result from the file that Athena writes, in a stream, however many rows it has. A value that is null is an
   * empty text there.
   * @param take is called with the texts of each row, in no order that a caller may rely on
   * @throws RatchetError as {@link rows}
   */
  eachRow(statement: string, take: (cells: readonly string[]) => void): Promise<void> {
    return this.#answered(statement, async (execution) => {
      const key = this.#keyOf(execution);
      if (key === null) throw new RatchetError('StorageFailure', 'Athena wrote its result elsewhere than it should.');
      // The names of the columns are the first row.
      await pipeline(await this.#options.queries.open(key), parse({ from: 2 }), async (rows) => {
        for await (const row of rows) take(row);
      });
    });
  }

  async #answered<T>(statement: string, read: (execution: QueryExecution) => Promise<T>): Promise<T> {
    const { client, workGroup } = this.#options;
    const { QueryExecutionId: id = '' } = await this.#ask('athena:StartQueryExecution', () =>
      client.send(new StartQueryExecutionCommand({ QueryString: statement, WorkGroup: workGroup })),
    );
    const ended = await this.#end(id);
    try {
      if (ended.Status?.State !== 'SUCCEEDED') throw failure(ended);
      return await read(ended);
    } finally {
      await this.#forget(ended);
    }
  }

  async #end(id: string): Promise<QueryExecution> {
    const { client, timeoutMs } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      for (let wait = firstPauseMs; ; wait = Math.min(wait * 1.5, longestPauseMs)) {
        const { QueryExecution: execution = {} } = await this.#ask('athena:GetQueryExecution', () =>
          client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
        );
        const state = execution.Status?.State;
        if (state !== 'QUEUED' && state !== 'RUNNING') return execution;
        await pause(wait, undefined, { signal: late.signal });
      }
    } catch (error) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
      throw late.signal.aborted ? forbidden(`it ran longer than ${timeoutMs} ms`, error) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #results(id: string, maxRows: number): Promise<readonly Row[]> {
    const { client } = this.#options;
    const rows: Row[] = [];
    let token: string | undefined;
    do {
      const before = token;
      const page = await this.#ask('athena:GetQueryResults', () =>
        client.send(
          new GetQueryResultsCommand({
            QueryExecutionId: id,
            // The names of the columns are the first row.
            MaxResults: Math.min(maxRows - rows.length + (before === undefined ? 1 : 0), mostOfPage),
            ...(before === undefined ? {} : { NextToken: before }),
          }),
        ),
      );
      rows.push(...rowsOfPage(page.ResultSet ?? ({} satisfies ResultSet), before === undefined));
      token = page.NextToken;
    } while (token !== undefined && rows.length < maxRows);
    return rows.slice(0, maxRows);
  }

  /** What a result holds of traces is not to outlive them: erasing knows nothing of it. */
  async #forget(execution: QueryExecution): Promise<void> {
    const key = this.#keyOf(execution);
    if (key === null) return;
    await Promise.all([key, `${key}.metadata`].map((one) => this.#options.queries.delete(one)));
  }

  #keyOf(execution: QueryExecution): string | null {
    const prefix = `s3://${this.#options.queriesBucket}/`;
    const location = execution.ResultConfiguration?.OutputLocation ?? '';
    return location.startsWith(prefix) ? location.slice(prefix.length) : null;
  }

  async #ask<T>(permission: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const action = 'query traces by';
      throw awsFailure({ action, resource: `the Athena work group ${this.#options.workGroup}`, permission }, error);
    }
  }
}

/** Athena's own words for what went wrong, told apart by how they begin. */
function failure({ Status: status }: QueryExecution): RatchetError {
  const reason = status?.StateChangeReason ?? 'Athena says no reason';
  if (/bytes scanned limit/i.test(reason)) return forbidden('it reads more bytes than the work group allows');
  if (/PERMISSION_DENIED|Insufficient permissions|Access Denied/i.test(reason)) {
    return new RatchetError('AccessDenied', `Athena may not read the traces: ${reason}`, {
      mend: 'Deploy the stacks anew; they give the function the rights that its queries need.',
    });
  }
  if (
    /^(HIVE_|GENERIC_INTERNAL|INTERNAL_|EXCEEDED_|ICEBERG_)/.test(reason) ||
    status?.AthenaError?.ErrorCategory === 1
  ) {
    return new RatchetError('StorageFailure', `Athena cannot read the traces: ${reason}`, {});
  }
  return unworkable(reason, undefined, commonDialect);
}
