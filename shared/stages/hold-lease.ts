import { type Control, holdsLease, releaseLease, renewLease, takeLease } from '../domain/control.ts';
import { RatchetError } from '../errors.ts';
import type { Ports } from './ports.ts';
import type { LeaseRef, RunRef, StageHead } from './stage.ts';

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
    const control = await ports.lineage.getControl(modelId);
    if (control === undefined) throw new RatchetError('UnknownModel', `There is no model named ${modelId}.`);
    const next = change(control);
    if (next === null) return control;
    if (await ports.lineage.compareAndSetControl(control.version, next)) return next;
  }
  throw new RatchetError(
    'StaleVersion',
    `The control item of ${modelId} changed ${attempts} times while it was being written.`,
  );
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

/** Gives the lease back; nothing happens when the run does not hold it. */
export async function giveLeaseBack(run: RunRef, ports: Ports): Promise<void> {
  await updateControl(run.modelId, ports, (control) => releaseLease(control, run.runId));
}

/** Does work under the run's lease: renews it at the start and every third of its life. @throws RatchetError LeaseLost */
export async function keepLease<T>(head: StageHead, ports: Ports, work: () => Promise<T>): Promise<T> {
  const minutes = (await ports.lineage.getModel(head.run.modelId))?.settings.leaseMinutes ?? 15;
  await renew(head, minutes, ports);
  let lost: unknown;
  const timer = setInterval(
    () => {
      renew(head, minutes, ports).catch((error: unknown) => {
        lost ??= error;
      });
    },
    (minutes * 60_000) / 3,
  );
  try {
    const result = await work();
    if (lost !== undefined) throw lost;
    return result;
  } finally {
    clearInterval(timer);
  }
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
