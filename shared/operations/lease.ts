import { errorTable, RatchetError } from '../domain/base/errors.ts';
import { holdsLease, type Lease, leaseIsLive, releaseLease, takeLease } from '../domain/models/control.ts';
import type { Run } from '../domain/models/run.ts';
import type { LeaseRef, RunRef } from '../domain/models/run-ref.ts';
import type { Ports } from '../ports/ports.ts';
import { readControl, updateControl } from './control-item.ts';
/** Takes the model's lease for a run. @throws RatchetError LeaseHeld, with the holder's name */
export async function acquireLease(run: RunRef, owner: string, minutes: number, ports: Ports): Promise<LeaseRef> {
  const before = await ports.lineage.getControl(run.modelId);
  const holder = before?.lease?.owner;
  const state = holder === undefined || holder === owner ? 'unknown' : await ports.owners.stateOf(holder);
  const control = await updateControl(run.modelId, ports, (current) => {
    const answer = takeLease(current, {
      runId: run.runId,
      owner,
      now: ports.clock.now(),
      minutes,
      stateOf: (other) => (other === holder ? state : 'unknown'),
    });
    if (!answer.granted) throw leaseHeld(run.modelId, answer.holder, ports.clock.now());
    return answer.next;
  });
  return { owner, fencingToken: control.fencingToken };
}

/** The fault of asking for a model that a run keeps others out of. */
export function leaseHeld(modelId: string, lease: Lease, now: number): RatchetError {
  const until = new Date(lease.expiresAt).toISOString();
  const run = `Run ${lease.runId} of ${modelId}`;
  if (leaseIsLive(lease, now)) {
    return new RatchetError('LeaseHeld', `${run} is active: ${lease.owner} holds the lease until ${until}.`);
  }
  const ended = lease.expiresAt > now ? `was given until ${until} by a clock that stood ahead` : `expired at ${until}`;
  return new RatchetError(
    'LeaseHeld',
    `${run} may still be at work: its lease ${ended}, but ${lease.owner} still runs.`,
    { mend: 'Wait until that process or execution ends, or end it yourself, then run the same command.' },
  );
}

/** Gives the lease back; nothing happens when this owner does not hold it for the run. */
export async function giveLeaseBack(run: RunRef, owner: string, ports: Ports): Promise<void> {
  await updateControl(run.modelId, ports, (control) => releaseLease(control, run.runId, owner));
}

/**
 * Makes sure of the lease right before something is written that other runs read: a process may have been stopped since
 * its last renewal. @throws RatchetError LeaseLost
 */
export async function checkLease(
  head: { readonly run: RunRef; readonly lease: LeaseRef },
  ports: Ports,
): Promise<void> {
  const control = await readControl(head.run.modelId, ports);
  if (!holdsLease(control, head.run.runId, head.lease.fencingToken)) throw leaseLost(head.run);
}

/** A run that had failed is running again; another stays as it is. */
export async function reviveRun(record: Run, ports: Ports): Promise<void> {
  if (record.status !== 'failed') return;
  await ports.lineage.putRun({ ...record, status: 'running', finishedAt: null, reason: null, failure: null });
}

/** The fault of a run that went on without its lease. */
export function leaseLost(run: RunRef): RatchetError {
  return new RatchetError(
    'LeaseLost',
    `Run ${run.runId} no longer holds the lease of ${run.modelId}; another run took it over.`,
  );
}

/** The fault of a stage that begins after the end of who executes it was told, or is being told. */
export function ownerEnded(run: RunRef, owner: string): RatchetError {
  return new RatchetError('LeaseLost', `${owner} has ended, so no stage of it works on run ${run.runId} any more.`, {
    mend: errorTable.ExecutionStopped.mend,
  });
}
