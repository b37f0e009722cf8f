import { RatchetError } from '../domain/base/errors.ts';
import {
  type Control,
  holdsLease,
  releaseLease,
  renewLease,
  resumeLease,
  takeLease,
} from '../domain/models/control.ts';
import type { Run } from '../domain/models/run.ts';
import type { LeaseRef, RunRef, StageHead } from '../loop/engine/stage.ts';
import type { Ports } from '../ports/ports.ts';

/** How often a compare-and-set is tried against writers that come in between. */
const attempts = 20;

/**
 * Changes the control item by compare-and-set, reading it anew when another writer was quicker.
 * @param change the item to write, or null to leave it as it is
 * @throws RatchetError UnknownModel, StaleVersion, and whatever `change` throws
 */
export async function updateControl(
  modelId: string,
  ports: Ports,
  change: (control: Control) => Control | null,
): Promise<Control> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const control = await readControl(modelId, ports);
    const next = change(control);
    if (next === null) return control;
    if (await ports.lineage.compareAndSetControl(control.version, next)) return next;
  }
  throw new RatchetError(
    'StaleVersion',
    `The control item of ${modelId} changed ${attempts} times while it was being written.`,
  );
}

/** A model's control item. @throws RatchetError UnknownModel */
export async function readControl(modelId: string, ports: Ports): Promise<Control> {
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw new RatchetError('UnknownModel', `There is no model named ${modelId}.`);
  return control;
}

/** Takes the model's lease for a run. @throws RatchetError LeaseHeld, with the holder's name */
export async function acquireLease(run: RunRef, owner: string, minutes: number, ports: Ports): Promise<LeaseRef> {
  const before = await ports.lineage.getControl(run.modelId);
  const holder = before?.lease?.owner;
  const holderIsGone = holder !== undefined && holder !== owner && (await ports.owners.isGone(holder));
  const control = await updateControl(run.modelId, ports, (current) => {
    const answer = takeLease(current, {
      runId: run.runId,
      owner,
      now: ports.clock.now(),
      minutes,
      ownerIsDead: (other) => holderIsGone && other === holder,
    });
    if (!answer.granted) {
      const until = new Date(answer.holder.expiresAt).toISOString();
      throw new RatchetError(
        'LeaseHeld',
        `Run ${answer.holder.runId} of ${run.modelId} is active: ${answer.holder.owner} holds the lease until ${until}.`,
      );
    }
    return answer.next;
  });
  return { owner, fencingToken: control.fencingToken };
}

/** Gives the lease back; nothing happens when this owner does not hold it for the run. */
export async function giveLeaseBack(run: RunRef, owner: string, ports: Ports): Promise<void> {
  await updateControl(run.modelId, ports, (control) => releaseLease(control, run.runId, owner));
}

/**
 * Does work under the run's lease: renews it at the start and every third of its life. A run that had ended and goes on (an
 * execution that is redriven) takes it up again, if nobody has had it since. The promise is rejected as soon as the
 * lease is known to be lost; what the work still does then counts for nothing. A renewal that fails for another reason is
 * tried again a third later: the lease is the run's own until somebody takes it.
 * @throws RatchetError LeaseLost
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

/**
 * Makes sure of the lease right before something is written that other runs read: a process may have been stopped since its
 * last renewal. @throws RatchetError LeaseLost
 */
export async function checkLease(head: Pick<StageHead, 'run' | 'lease'>, ports: Ports): Promise<void> {
  const control = await readControl(head.run.modelId, ports);
  if (!holdsLease(control, head.run.runId, head.lease.fencingToken)) throw leaseLost(head.run);
}

/** A run that had failed is running again; another stays as it is. */
export async function reviveRun(record: Run, ports: Ports): Promise<void> {
  if (record.status !== 'failed') return;
  await ports.lineage.putRun({ ...record, status: 'running', finishedAt: null, reason: '', failure: null });
}

async function resume({ run, lease }: StageHead, minutes: number, ports: Ports): Promise<void> {
  if ((await readControl(run.modelId, ports)).lease !== null) return;
  const record = await ports.lineage.getRun(run.runId);
  if (record?.status !== 'failed') return;
  const now = ports.clock.now();
  const control = await updateControl(run.modelId, ports, (current) =>
    resumeLease(current, { runId: run.runId, ...lease, now, minutes }),
  );
  if (holdsLease(control, run.runId, lease.fencingToken)) await reviveRun(record, ports);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function renew(head: StageHead, minutes: number, ports: Ports): Promise<void> {
  await updateControl(head.run.modelId, ports, (control) => {
    if (!holdsLease(control, head.run.runId, head.lease.fencingToken)) throw leaseLost(head.run);
    const expiresAt = control.lease?.expiresAt ?? 0;
    const now = ports.clock.now();
    return expiresAt - now > (minutes * 60_000 * 2) / 3
      ? null
      : renewLease(control, head.run.runId, head.lease.fencingToken, now, minutes);
  });
}

/** The fault of a run that went on without its lease. */
export function leaseLost(run: RunRef): RatchetError {
  return new RatchetError(
    'LeaseLost',
    `Run ${run.runId} no longer holds the lease of ${run.modelId}; another run took it over.`,
  );
}
