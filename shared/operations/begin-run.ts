import { RatchetError } from '../domain/base/errors.ts';
import type { Run } from '../domain/models/run.ts';
import type { RunRef } from '../domain/models/run-ref.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';

/**
 * The run's record, written when there is none yet: whoever starts a run, a person in the console of Step Functions
 * included, needs no more than its ids and seed.
 * @throws RatchetError UnknownModel, NoChampion
 */
export async function beginRun(
  { runId, modelId, seed, budgetUsd }: RunRef & { readonly budgetUsd?: number | null },
  ports: Pick<Ports, 'lineage' | 'clock'>,
): Promise<Run> {
  const known = await ports.lineage.getRun(runId);
  if (known !== undefined) return known;
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  if (control.championId === null)
    throw new RatchetError('NoChampion', `Model ${modelId} has no champion yet, so there is nothing to improve.`);
  const run: Run = {
    runId,
    modelId,
    seed,
    status: 'running',
    championId: control.championId,
    startedAt: new Date(ports.clock.now()).toISOString(),
    finishedAt: null,
    decision: null,
    reason: null,
    resultId: null,
    reportKey: null,
    ...(budgetUsd === undefined || budgetUsd === null ? {} : { budgetUsd }),
    failure: null,
  };
  await ports.lineage.putRun(run);
  return run;
}
