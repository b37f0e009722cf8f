import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { TraceQuery } from '../../ports/trace-query.ts';
import { shownJson } from '../shown-text.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const mostRows = 50;
const longestCell = 300;
const unavailable = 'Traces cannot be queried now. Go on without queries.';

const given = (dialect: string) =>
  z.strictObject({ sql: z.string().min(1).max(5_000).describe(`one SELECT in ${dialect}`) });

/**
 * Read-only SQL over some traces of a model and their judgements, and over nothing else.
 * @param traceIds all that there is to the query: none that is held out
 */
export function queryTraces(options: {
  readonly traceQuery: TraceQuery;
  readonly modelId: string;
  readonly traceIds: readonly string[];
}): Tool {
  const { traceQuery, modelId, traceIds } = options;
  return reads(
    'query_traces',
    `Runs one SELECT over the tables traces (trace_id, timestamp, checkpoint_id, input, output, confidence, steps, metadata) and judgements (trace_id, verdict, expected, judge_kind, reason, judged_at) of your traces. At most ${mostRows} rows come back: count and group rather than list.`,
    given(traceQuery.dialect ?? 'the dialect of DuckDB'),
    async ({ sql }) => {
      const rows = await traceQuery
        .query(modelId, sql, [], { maxRows: mostRows + 1, traceIds })
        .catch((error: unknown) => {
          throw isOfTheStore(error) ? new RatchetError('InvalidInput', unavailable, { cause: error }) : error;
        });
      const shown = rows.slice(0, mostRows).map((row) => shownJson({ ...row }, longestCell));
      return { value: [...shown, { rows: shown.length, more: rows.length > mostRows }] };
    },
  );
}

/** Whether it is the traces that cannot be had. The agent goes on without: what counting found stands either way. */
function isOfTheStore(error: unknown): boolean {
  return error instanceof RatchetError && ['StorageFailure', 'ObjectMissing', 'CorruptArtifact'].includes(error.name);
}
