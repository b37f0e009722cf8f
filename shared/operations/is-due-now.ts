import { hadTheLease } from '../domain/models/run.ts';
import type { Ports } from '../ports/ports.ts';
import { readDrift } from './drift-record.ts';
import { runOutlook } from './run-outlook.ts';

/** Whether a run of a model would start by itself now; false for a model that is not there. */
export async function isDueNow(
  modelId: string,
  { lineage, traceLog, objects, ...ports }: Pick<Ports, 'lineage' | 'traceLog' | 'objects' | 'owners' | 'clock'>,
): Promise<boolean> {
  const [model, control] = await Promise.all([lineage.getModel(modelId), lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) return false;
  const runs = (await lineage.listRuns(modelId)).filter(hadTheLease);
  const [history, drift] = await Promise.all([
    traceLog.history(modelId),
    readDrift(modelId, control.championId, { objects }),
  ]);
  return (await runOutlook({ model, control, runs, history, drift }, ports)).due;
}
