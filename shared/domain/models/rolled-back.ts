import { z } from 'zod';
import { shortDigestOfAll } from '../base/ids.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import type { PinnedRecord } from '../traces/trace-record.ts';
import type { Control } from './control.ts';

/** A checkpoint that a person took back from production. */
export const rolledBackSchema = z.strictObject({
  checkpointId: z.string().max(100),
  by: z.string().max(200),
  reason: z.string().max(1_000),
  at: z.string().max(40),
  /** {@link peopleDigest} of the run that promoted it; null where that was not kept. */
  people: z.string().nullable(),
});
export type RolledBack = z.infer<typeof rolledBackSchema>;

/**
 * The promoted checkpoints that people rolled back from, latest first: neither released, nor moved to again since. One
 * whose evidence was not kept counts only until the next promotion. To move on to what was promoted later, to undo a
 * rollback for instance, takes nothing back.
 */
export function rolledBackFrom({ moves }: Pick<Control, 'moves'>): RolledBack[] {
  const promotedAt = (id: string) => moves.findIndex(({ to, kind }) => to === id && kind === 'promote');
  const found = moves.flatMap((move, at): RolledBack[] => {
    const { from, kind, by, reason } = move;
    const later = moves.slice(at + 1);
    if (kind !== 'rollback' || from === null || move.released !== undefined) return [];
    if (promotedAt(from) <= promotedAt(move.to)) return [];
    if (later.some(({ to }) => to === from)) return [];
    const people = moves.slice(0, at).findLast(({ to, kind: how }) => to === from && how === 'promote')?.people ?? null;
    if (people === null && later.some(({ kind: how }) => how === 'promote')) return [];
    return [{ checkpointId: from, by: by.slice(0, 200), reason: reason.slice(0, 1_000), at: move.at, people }];
  });
  return found.reverse();
}

/**
 * What people have judged of the traces of a run, as a digest: equal as long as no person's judgement changes what is on
 * record.
 */
export function peopleDigest(
  records: readonly Pick<PinnedRecord, 'traceId' | 'judgement'>[],
  kind: Pick<TaskKind, 'key'>,
): string {
  return shortDigestOfAll(
    records
      .toSorted((a, b) => compareText(a.traceId, b.traceId))
      .flatMap(({ traceId, judgement }) =>
        judgement?.judge.kind === 'human' ? [traceId, judgement.verdict ?? '', kind.key(judgement.expected)] : [],
      ),
  );
}

/** The checkpoint rolled back from whose like the same evidence would make again; null where there is none. */
export function keptOutBy(rolledBack: readonly RolledBack[], people: string): RolledBack | null {
  return rolledBack.find((one) => one.people === null || one.people === people) ?? null;
}
