import { RatchetError } from '../domain/base/errors.ts';
import { labelChangesOf } from '../domain/models/model-change.ts';
import type { Run } from '../domain/models/run.ts';
import type { RunRef } from '../domain/models/run-ref.ts';
import type { Ports } from '../ports/ports.ts';
import type { TraceHistory } from '../ports/trace-log.ts';
import { unknownModel } from '../ports/unknown-model.ts';

/**
 * The run's record, written when there is none yet: whoever starts a run, a person in the console of Step Functions
 * included, needs no more than its ids and seed. Up to where it reads the log is fixed here; by whoever may not look at
 * the log (`history` is null), when its snapshot is pinned.
 * @throws RatchetError UnknownModel, NoChampion
 */
export async function beginRun(
  { runId, modelId, seed, budgetUsd }: RunRef & { readonly budgetUsd?: number | null },
  ports: Pick<Ports, 'lineage' | 'clock'> & { readonly history: TraceHistory | null },
): Promise<Run> {
  const known = await ports.lineage.getRun(runId);
  if (known !== undefined) return known;
  const [control, model, earlier, history] = await Promise.all([
    ports.lineage.getControl(modelId),
    ports.lineage.getModel(modelId),
    ports.lineage.listRuns(modelId),
    ports.history?.history(modelId) ?? null,
  ]);
  if (control === undefined || model === undefined) throw await unknownModel(modelId, ports);
  if (control.championId === null)
    throw new RatchetError('NoChampion', `Model ${modelId} has no champion yet, so there is nothing to improve.`);
  const run: Run = {
    runId,
    modelId,
    seed,
    status: 'running',
    championId: control.championId,
    startedAt: new Date(ports.clock.now()).toISOString(),
    begun: {
      number: earlier.reduce((most, { begun }) => Math.max(most, begun?.number ?? 0), earlier.length) + 1,
      batches: history === null ? null : (history.at(-1)?.position ?? 0),
      labelChanges: labelChangesOf(model).length,
      moves: control.moves.length,
    },
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
