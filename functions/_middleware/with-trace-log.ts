import type { TraceLog } from '../../shared/ports/trace-log.ts';
import type { PortsPart } from './cloud-ports.ts';
import { once } from './lambda-function.ts';

/** The trace log by DuckDB, whose package comes from a layer and is loaded when the log is first used. */
export const withTraceLog: PortsPart = ({ ports }) => {
  const log = once(async (): Promise<TraceLog> => {
    const { DuckDbTraceLog } = await import('../../shared/adapters/duckdb/duckdb-trace-log.ts');
    return new DuckDbTraceLog({ objects: ports.objects, clock: ports.clock });
  });
  const traceLog: TraceLog = {
    knownTraces: async (modelId, traceIds) => (await log()).knownTraces(modelId, traceIds),
    judgementsOf: async (modelId, traceIds) => (await log()).judgementsOf(modelId, traceIds),
    append: async (modelId, batchId, batch) => (await log()).append(modelId, batchId, batch),
    read: async (modelId, options) => (await log()).read(modelId, options),
    erase: async (modelId, traceIds) => (await log()).erase(modelId, traceIds),
    erasedAmong: async (modelId, traceIds) => (await log()).erasedAmong(modelId, traceIds),
    history: async (modelId, options) => (await log()).history(modelId, options),
    version: async (modelId) => (await log()).version(modelId),
  };
  return { traceLog };
};
