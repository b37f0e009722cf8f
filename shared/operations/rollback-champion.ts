import { RatchetError } from '../domain/base/errors.ts';
import type { WatchCount } from '../domain/evaluation/watch.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import { type Control, leaseKeepsOut, moveChampion } from '../domain/models/control.ts';
import { rolledBackFrom } from '../domain/models/rolled-back.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { updateControl } from './control-item.ts';
import { deployChampion } from './deploy-champion.ts';
import { gateOutcome } from './gate-outcome.ts';
import { leaseHeld } from './lease.ts';

export interface RollbackRequest {
  readonly modelId: string;
  /** The checkpoint to go back to. */
  readonly to: string;
  /** Who moves it. */
  readonly by: string;
  readonly reason: string;
  /** What is gone back from, where no other champion is to be moved. */
  readonly from?: string;
  /** What being watched has found of it. */
  readonly evidence?: WatchCount;
}

export interface RollbackResult {
  readonly from: string | null;
  readonly to: string;
  /** False when it was the champion already. */
  readonly moved: boolean;
  /** Where it was brought to, for people; null for a model that is deployed nowhere. */
  readonly deployedTo: string | null;
}

/**
 * Moves the champion back to a checkpoint that was champion before; only a run's gate lets in one that never was. What
 * was gone back from stays out of the runs that follow until it is released, or people judge anew. The move is entered in the control item. Refused while a run holds the lease, since that run measures against the present
 * champion.
 * Where the model is deployed, what is gone back to is brought there, also where it was the champion already.
 * @throws RatchetError UnknownModel, UnknownCheckpoint, InvalidInput, LeaseHeld, ObjectMissing, DeployFailed
 */
export async function rollbackChampion(request: RollbackRequest, ports: Ports): Promise<RollbackResult> {
  const { modelId, to } = request;
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  await checkTarget(control, to, ports);
  const holder = control.lease?.owner;
  const state = holder === undefined ? 'unknown' : await ports.owners.stateOf(holder);

  const batches = (await ports.traceLog.history(modelId)).at(-1)?.position ?? 0;
  let from: string | null = control.championId;
  const after = await updateControl(modelId, ports, (current) => {
    from = current.championId;
    const { lease } = current;
    const now = ports.clock.now();
    if (lease !== null && leaseKeepsOut(lease, now, lease.owner === holder ? state : 'unknown')) {
      throw leaseHeld(modelId, lease, now);
    }
    if (current.championId === to) return null;
    if (request.from !== undefined && current.championId !== request.from) return null;
    const moved = moveChampion(current, {
      at: new Date(ports.clock.now()).toISOString(),
      to,
      kind: 'rollback',
      by: request.by,
      reason: request.reason,
      batches,
      ...(request.evidence === undefined ? {} : { evidence: request.evidence }),
    });
    // A run whose lease ran out must not promote over this move.
    return { ...moved, lease: null, fencingToken: moved.fencingToken + 1 };
  });
  const deployedTo = await deployChampion(modelId, ports);
  return { from, to, moved: from !== after.championId, deployedTo };
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
  if (!former.includes(to)) throw await neverChampion(checkpoint, former, ports);
  const { ref, digest } = checkpoint.served;
  if (digest !== null && !(await ports.objects.list(ref)).includes(ref)) {
    throw new RatchetError('ObjectMissing', `The artifact of checkpoint ${to} is gone (${ref}).`, choice);
  }
}

/** Says what became of a checkpoint that never was champion, and what can be done instead. */
async function neverChampion(checkpoint: Checkpoint, former: readonly string[], ports: Ports): Promise<RatchetError> {
  const { modelId, checkpointId } = checkpoint;
  const gate = await gateOutcome(checkpoint, ports);
  const back = `Go back to one of: ${former.join(', ') || 'none so far'}. See: ratchet lineage ${modelId}`;
  if (gate?.outcome === 'passed') {
    const chosen = (await ports.lineage.getRun(gate.runId))?.resultId ?? null;
    const instead = chosen === null || chosen === checkpointId ? 'was not promoted' : `was not chosen: ${chosen} was`;
    return new RatchetError(
      'InvalidInput',
      `Checkpoint ${checkpointId} passed the gate of run ${gate.runId} and ${instead}. It never was champion, so it cannot be gone back to: it was weighed against the champion of that day alone, and not against what was promoted since.`,
      { mend: `${back}; then ratchet run ${modelId} trains and weighs candidates anew.` },
    );
  }
  const why =
    gate === null
      ? 'Only what passed the gate of a run and was promoted can be.'
      : `The gate of run ${gate.runId} did not let it pass: ${gate.failed.join(' ')}`;
  return new RatchetError('InvalidInput', `Checkpoint ${checkpointId} never was champion. ${why}`, { mend: back });
}

export interface ReleaseRequest {
  readonly modelId: string;
  /** The checkpoint that was rolled back from. */
  readonly checkpointId: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * Lets candidates in again that the evidence behind a checkpoint would make, after a rollback from it. It is entered
 * with that rollback; the champion stays.
 * @throws RatchetError UnknownModel; InvalidInput when no rollback keeps the checkpoint out
 */
export async function releaseRolledBack(request: ReleaseRequest, ports: Ports): Promise<void> {
  const { modelId, checkpointId, by, reason } = request;
  if ((await ports.lineage.getControl(modelId)) === undefined) throw await unknownModel(modelId, ports);
  await updateControl(modelId, ports, (control) => {
    const held = rolledBackFrom(control);
    if (!held.some((one) => one.checkpointId === checkpointId)) {
      throw new RatchetError(
        'InvalidInput',
        `No rollback keeps checkpoint ${JSON.stringify(checkpointId.slice(0, 120))} of ${modelId} out.`,
        {
          mend: `Kept out are: ${held.map((one) => one.checkpointId).join(', ') || 'none'}. See: ratchet lineage ${modelId}`,
        },
      );
    }
    const released = { at: new Date(ports.clock.now()).toISOString(), by, reason };
    return {
      ...control,
      version: control.version + 1,
      moves: control.moves.map((move) =>
        move.kind === 'rollback' && move.from === checkpointId && move.released === undefined
          ? { ...move, released }
          : move,
      ),
    };
  });
}
