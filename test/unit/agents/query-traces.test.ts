import { describe, expect, test } from 'vitest';
import { doCall } from '../../../shared/agents/do-call.ts';
import { queryTraces } from '../../../shared/agents/tools/query-traces.ts';
import { type ErrorName, RatchetError } from '../../../shared/domain/base/errors.ts';
import type { TraceQuery } from '../../../shared/ports/trace-query.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';

async function asked(query: TraceQuery['query']) {
  const tool = queryTraces({ traceQuery: { query }, modelId: 'm1', traceIds: ['t1'] });
  const call = { id: 't1-1', name: tool.name, arguments: '{"sql": "SELECT 1"}', result: null };
  return doCall({ folder: 'a', tools: [tool] }, { turn: 1, index: 0, call }, new MemoryObjectStore(), 0);
}

describe('query_traces', () => {
  test('asks of its own traces alone, and says where there are more rows than it shows', async () => {
    const seen: unknown[] = [];
    const done = await asked(async (...given) => {
      seen.push(given);
      return Array.from({ length: 51 }, (_, n) => ({ n }));
    });
    expect(seen).toEqual([['m1', 'SELECT 1', [], { maxRows: 51, traceIds: ['t1'] }]]);
    expect(done).toMatchObject({ kind: 'done', outcome: { value: { length: 51, 50: { rows: 50, more: true } } } });
  });

  test.each(['StorageFailure', 'ObjectMissing', 'CorruptArtifact'] satisfies ErrorName[])(
    'tells the model to go on without where the traces cannot be had (%s): an agent’s question fails no run',
    async (name) => {
      const done = await asked(async () => {
        throw new RatchetError(name, 'The bucket is gone.');
      });
      expect(done).toMatchObject({
        kind: 'refused',
        why: { refused: 'Traces cannot be queried now. Go on without queries.' },
      });
    },
  );
});
