import { z } from 'zod';
import { idSchema, shortDigest } from '../domain/base/ids.ts';
import { type Control, leaseIsLive } from '../domain/models/control.ts';
import { hadTheLease, type Run } from '../domain/models/run.ts';
import type { RunRef } from '../domain/models/run-ref.ts';
import { type Due, type Trigger, triggerSchema } from '../domain/policy/run-trigger.ts';
import type { Executions } from '../ports/executions.ts';
import type { Ports } from '../ports/ports.ts';
import type { TraceHistory } from '../ports/trace-log.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { beginRun } from './begin-run.ts';
import { readDrift } from './drift-record.ts';
import { activeRun, isDueByHistory } from './run-outlook.ts';

/** The id that stands for every model. */
const everyModel = '*';

export const considerRunInputSchema = z.strictObject({
  /** A model's id, or `*` for all of them. */
  modelId: z.union([idSchema, z.literal(everyModel)]),
  trigger: triggerSchema,
});

export interface ConsiderPorts extends Pick<Ports, 'lineage' | 'objects' | 'clock' | 'owners'> {
  readonly history: TraceHistory;
  readonly executions: Executions;
}

export interface Considered extends Due {
  readonly modelId: string;
  /** The run that was started, or that is under way; null for none. */
  readonly run: RunRef | null;
  /** Whether a lease has expired that nobody gave back: its run's end was not seen to, or it hangs. */
  readonly leaseIsStuck: boolean;
}

/** The seed of runs that start by themselves. */
const seed = 1;

/**
 * Starts a run where one is due. Never while another works on the model. The run's id follows from the model and the
 * run before it: askers who ask at the same time, and events that are delivered twice, come to the same run and start
 * it once.
 * @throws RatchetError UnknownModel, StorageFailure: the first fault, once every model was considered
 */
export async function considerRun(rawInput: unknown, ports: ConsiderPorts): Promise<readonly Considered[]> {
  const { modelId, trigger } = considerRunInputSchema.parse(rawInput);
  const models = modelId === everyModel ? (await ports.lineage.listModels()).map((model) => model.modelId) : [modelId];
  const answers: Considered[] = [];
  const faults: unknown[] = [];
  for (const model of models) {
    try {
      const leaseIsStuck = hasStuckLease(await ports.lineage.getControl(model), ports.clock.now());
      answers.push({ modelId: model, ...(await considerModel(model, trigger, ports)), leaseIsStuck });
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return answers;
}

async function considerModel(
  modelId: string,
  trigger: Trigger,
  ports: ConsiderPorts,
): Promise<Omit<Considered, 'modelId' | 'leaseIsStuck'>> {
  const model = await ports.lineage.getModel(modelId);
  const control = await ports.lineage.getControl(modelId);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  if (control.championId === null) return { due: false, reason: `Model ${modelId} has no champion yet.`, run: null };
  const active = await activeRun(control, ports);
  if (active !== null) return { due: false, reason: active, run: null };

  const begun = await ports.lineage.listRuns(modelId);
  const runs = begun.filter(hadTheLease);
  const newest = runs.at(-1);
  if (newest?.status === 'running' && (await ports.executions.start(refOf(newest))) === 'running') {
    return { due: false, reason: `Run ${newest.runId} has begun already.`, run: refOf(newest) };
  }
  const [history, drift] = await Promise.all([
    ports.history.history(modelId),
    readDrift(modelId, control.championId, ports),
  ]);
  const due = isDueByHistory(trigger, { model, control, runs, history, drift });
  if (!due.due) return { ...due, run: null };

  const runId = `run-${begun.length + 1}-${shortDigest(modelId, begun.at(-1)?.runId ?? '')}`;
  const record = await beginRun({ runId, modelId, seed }, ports);
  const run = refOf(record);
  if (record.status !== 'running' || (await ports.executions.start(run)) === 'ended') {
    return { due: false, reason: `Run ${runId} has worked on this already.`, run: null };
  }
  return { ...due, run };
}

function hasStuckLease(control: Control | undefined, now: number): boolean {
  return control !== undefined && control.lease !== null && !leaseIsLive(control.lease, now);
}

function refOf({ runId, modelId, seed: ofRun }: Run): RunRef {
  return { runId, modelId, seed: ofRun };
}
