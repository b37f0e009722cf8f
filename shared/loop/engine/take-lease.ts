import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { type LeaseRef, runRefSchema } from '../../domain/models/run-ref.ts';
import { beginRun } from '../../operations/begin-run.ts';
import { endRun } from '../../operations/end-run.ts';
import { acquireLease, ownerEnded, reviveRun } from '../../operations/lease.ts';
import type { Ports } from '../../ports/ports.ts';

export const takeLeaseInputSchema = z.strictObject({ run: runRefSchema, owner: z.string().min(1) });

/**
 * The loop's first state: takes the model's lease for the run, anew on each start, so it leaves no completion record. A
 * run that somebody has started by hand gets its record here; one that had ended in a failure goes on. An owner that has
 * ended meanwhile takes nothing: its end was, or will be, recorded from outside.
 * @throws RatchetError UnknownModel, NoChampion, LeaseHeld, LeaseLost
 */
export async function takeRunLease(rawInput: unknown, ports: Ports): Promise<LeaseRef> {
  const { run, owner } = takeLeaseInputSchema.parse(rawInput);
  const model = await ports.lineage.getModel(run.modelId);
  if (model === undefined) throw new RatchetError('UnknownModel', `There is no model named ${run.modelId}.`);
  if ((await ports.owners.stateOf(owner)) === 'gone') throw ownerEnded(run, owner);
  const record = await beginRun(run, { ...ports, history: null });
  const lease = await acquireLease(run, owner, model.settings.leaseMinutes, ports);
  await reviveRun(record, ports);
  if ((await ports.owners.stateOf(owner)) === 'gone') {
    await endRun({ run, owner, status: 'ABORTED' }, ports);
    throw ownerEnded(run, owner);
  }
  return lease;
}
