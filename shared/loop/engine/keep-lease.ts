import { RatchetError } from '../../domain/base/errors.ts';
import { holdsLease, renewLease, resumeLease } from '../../domain/models/control.ts';
import type { RunRef } from '../../domain/models/run-ref.ts';
import { readControl, updateControl } from '../../operations/control-item.ts';
import { giveLeaseBack, leaseLost, ownerEnded, reviveRun } from '../../operations/lease.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';

/**
 * Does work under the run's lease: renews it at the start and every third of its life. A run that had ended and goes on
 * (an execution that is redriven) takes it up again, if nobody has had it since and its owner is known to run. The promise is rejected as soon as the
 * lease is known to be lost; what the work still does then counts for nothing. A renewal that fails for another reason
 * is tried again a third later: the lease is the run's own until somebody takes it.
 * @throws RatchetError LeaseLost, StorageFailure
 */
export async function keepLease<T>(head: StageHead, ports: Ports, work: () => Promise<T>): Promise<T> {
  const minutes = (await ports.lineage.getModel(head.run.modelId))?.settings.leaseMinutes ?? 15;
  await resume(head, minutes, ports);
  await renew(head, minutes, ports);
  const lost = Promise.withResolvers<never>();
  const timer = setInterval(
    () => {
      renew(head, minutes, ports).catch((error: unknown) => {
        if (error instanceof RatchetError && error.name === 'LeaseLost') lost.reject(error);
        else ports.observer.note(`The lease of ${head.run.modelId} could not be renewed yet: ${messageOf(error)}`);
      });
    },
    (minutes * 60_000) / 3,
  );
  try {
    return await Promise.race([work(), lost.promise]);
  } finally {
    clearInterval(timer);
  }
}

async function resume({ run, lease }: StageHead, minutes: number, ports: Ports): Promise<void> {
  const held = await readControl(run.modelId, ports);
  if (held.lease !== null || held.fencingToken !== lease.fencingToken) return;
  const record = await ports.lineage.getRun(run.runId);
  if (record?.status !== 'failed') return;
  // A stage of a stopped execution may begin a moment after its end was recorded; nobody is to take that end back.
  const owner = await ports.owners.stateOf(lease.owner);
  if (owner === 'gone') throw ownerEnded(run, lease.owner);
  if (owner === 'unknown') throw ownerInDoubt(run, lease.owner);
  const now = ports.clock.now();
  const control = await updateControl(run.modelId, ports, (current) =>
    resumeLease(current, { runId: run.runId, ...lease, now, minutes }),
  );
  if (!holdsLease(control, run.runId, lease.fencingToken)) return;
  await reviveRun(record, ports);
  // It may have ended since it was asked. An end that comes after this is recorded after it too.
  if ((await ports.owners.stateOf(lease.owner)) !== 'gone') return;
  await ports.lineage.putRun(record);
  await giveLeaseBack(run, lease.owner, ports);
  throw ownerEnded(run, lease.owner);
}

function ownerInDoubt({ runId }: RunRef, owner: string): RatchetError {
  return new RatchetError(
    'StorageFailure',
    `Run ${runId} has ended, and whether ${owner} goes on with it cannot be told.`,
    { mend: 'It is tried again by itself. If it comes again, start the run again: completed stages are passed over.' },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function renew(head: StageHead, minutes: number, ports: Ports): Promise<void> {
  await updateControl(head.run.modelId, ports, (control) => {
    if (!holdsLease(control, head.run.runId, head.lease.fencingToken)) throw leaseLost(head.run);
    const now = ports.clock.now();
    const left = (control.lease?.expiresAt ?? 0) - now;
    const life = minutes * 60_000;
    // One with more than its whole life left was given by a clock that stood ahead: it keeps nobody out.
    return left > (life * 2) / 3 && left <= life
      ? null
      : renewLease(control, head.run.runId, head.lease.fencingToken, now, minutes);
  });
}
