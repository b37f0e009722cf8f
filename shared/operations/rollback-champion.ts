import { RatchetError } from '../domain/base/errors.ts';
import { type Control, leaseKeepsOut, moveChampion } from '../domain/models/control.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { updateControl } from './control-item.ts';
import { leaseHeld } from './lease.ts';

export interface RollbackRequest {
  readonly modelId: string;
  /** The checkpoint to go back to. */
  readonly to: string;
  /** Who moves it. */
  readonly by: string;
  readonly reason: string;
}

export interface RollbackResult {
  readonly from: string | null;
  readonly to: string;
  /** False when it was the champion already. */
  readonly moved: boolean;
}

/**
 * Moves the champion back to a checkpoint that was champion before; only a run's gate lets in one that never was. The
 * move is entered in the control item. Refused while a run holds the lease, since that run measures against the present
 * champion.
 * @throws RatchetError UnknownModel, UnknownCheckpoint, InvalidInput, LeaseHeld, ObjectMissing
 */
export async function rollbackChampion(request: RollbackRequest, ports: Ports): Promise<RollbackResult> {
  const { modelId, to } = request;
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  await checkTarget(control, to, ports);
  const holder = control.lease?.owner;
  const state = holder === undefined ? 'unknown' : await ports.owners.stateOf(holder);

  let from: string | null = control.championId;
  const after = await updateControl(modelId, ports, (current) => {
    from = current.championId;
    const { lease } = current;
    const now = ports.clock.now();
    if (lease !== null && leaseKeepsOut(lease, now, lease.owner === holder ? state : 'unknown')) {
      throw leaseHeld(modelId, lease, now);
    }
    if (current.championId === to) return null;
    const moved = moveChampion(current, {
      at: new Date(ports.clock.now()).toISOString(),
      to,
      kind: 'rollback',
      by: request.by,
      reason: request.reason,
    });
    // A run whose lease ran out must not promote over this move.
    return { ...moved, lease: null, fencingToken: moved.fencingToken + 1 };
  });
  return { from, to, moved: from !== after.championId };
}

async function checkTarget(control: Control, to: string, ports: Ports): Promise<void> {
  const checkpoint = await ports.lineage.getCheckpoint(control.modelId, to);
  const former = [...new Set(control.moves.map((move) => move.to))];
  const choice = {
    mend: `Go back to one of: ${former.join(', ') || 'none so far'}. See: ratchet lineage ${control.modelId}`,
  };
  if (checkpoint === undefined) {
    throw new RatchetError(
      'UnknownCheckpoint',
      `${control.modelId} has no checkpoint ${JSON.stringify(to.slice(0, 120))}.`,
      choice,
    );
  }
  if (!former.includes(to)) {
    throw new RatchetError(
      'InvalidInput',
      `Checkpoint ${to} was never champion: the gate did not let it pass.`,
      choice,
    );
  }
  const { ref, digest } = checkpoint.served;
  if (digest !== null && !(await ports.objects.list(ref)).includes(ref)) {
    throw new RatchetError('ObjectMissing', `The artifact of checkpoint ${to} is gone (${ref}).`, choice);
  }
}
