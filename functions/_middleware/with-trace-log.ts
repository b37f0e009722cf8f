import type { TraceLog } from '../../shared/ports/trace-log.ts';
import { athenaOfDeployment } from './athena-of-deployment.ts';
import type { PortsPart } from './cloud-ports.ts';
import { readAthena } from './environment.ts';
import { once } from './lambda-function.ts';

/**
 * The trace log by DuckDB, whose package comes from a layer and is loaded when the log is first used. What is asked of it is answered by
 * Athena where the deployment has it, so that no file of the log need be copied into the function.
 */
export const withTraceLog: PortsPart = (cloud) => {
  const log = once(async (): Promise<TraceLog> => {
    const { objects, clock } = cloud.ports;
    const athena = readAthena();
    const { DuckDbTraceLog } = await import('../../shared/adapters/duckdb/duckdb-trace-log.ts');
    if (athena === null) return new DuckDbTraceLog({ objects, clock });
    const { AthenaLogReader } = await import('../../shared/adapters/athena/athena-log-reader.ts');
    const reader = new AthenaLogReader(await athenaOfDeployment(cloud, athena));
    return new DuckDbTraceLog({ objects, clock, reader });
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
