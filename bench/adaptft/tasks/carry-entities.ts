import type { Output } from '../../../shared/domain/base/output.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../shared/tasks/extraction/entity.ts';
import { type Edited, type Piece, textOf } from '../perturbations/edited.ts';

/** A place in a text, UTF-16 units, the end exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Entities of a text at their places in the changed one, each with what stands there now; one that is said twice is two.
 * @returns null where one of them is gone, cut, torn apart or shuffled, or its bounds were overwritten
 */
export function carryEntities(output: Output, text: string, edited: Edited): Output | null {
  const now = textOf(edited);
  if (!now.isWellFormed()) return null;
  const carried: Entity[] = [];
  for (const { label, start, end } of entitiesOf(output)) {
    const places = placesOf({ start, end }, text, edited);
    if (places.length === 0) return null;
    for (const place of places) {
      const tight = trimmed(place, now);
      const stands = now.slice(tight.start, tight.end);
      if (stands === '' || !stands.isWellFormed()) return null;
      carried.push({ label, ...tight, text: stands });
    }
  }
  return entitiesOutput(carried);
}

/** Something of the old text that stands in one piece in the new one, and how far of the old text it goes. */
interface Run extends Place {
  readonly first: number;
  readonly reached: number;
}

/** Where a place of the text before is now; nowhere as soon as one copy of it is not whole. */
function placesOf({ start, end }: Place, text: string, edited: Edited): readonly Place[] {
  const runs: Run[] = [];
  let open: Run | null = null;
  const close = (): void => {
    if (open !== null) runs.push(open);
    open = null;
  };
  let now = 0;
  for (const { from, to, text: piece } of finelyAt({ start, end }, edited)) {
    const at = now;
    now += piece.length;
    // What was put in belongs to what is around it.
    if (from === to) continue;
    const [first, reached] = [Math.max(from, start), Math.min(to, end)];
    if (first >= reached) {
      if (piece !== '') close();
      continue;
    }
    const isKept = text.slice(from, to) === piece;
    if (!isKept && (from < start || to > end)) return [];
    const place = isKept ? { start: at + first - from, end: at + reached - from } : { start: at, end: now };
    if (first > from) close();
    const before = open as Run | null;
    if (before !== null && first >= before.reached && isBlank(text, before.reached, first)) {
      open = { ...before, end: place.end, reached };
    } else {
      close();
      open = { ...place, first, reached };
    }
    if (reached < to) close();
  }
  close();
  const isWhole = runs.every((run) => isBlank(text, start, run.first) && isBlank(text, run.reached, end));
  return isWhole ? runs : [];
}

/** Words that only partly belong to a place fall into their parts; letters put in at its very bounds belong to no one side. */
function finelyAt({ start, end }: Place, edited: Edited): readonly Piece[] {
  const cuts = ({ from, to }: Piece, at: number): boolean => from < at && at < to;
  return edited.flatMap((piece) => {
    const { finer } = piece;
    if (finer === undefined || !(cuts(piece, start) || cuts(piece, end))) return [piece];
    const isTorn = finer.some(({ from, to }) => from === to && (from === start || from === end));
    return isTorn ? [piece] : finer;
  });
}

function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trim() === '';
}

function trimmed({ start, end }: Place, text: string): Place {
  const own = text.slice(start, end);
  const from = start + own.length - own.trimStart().length;
  return { start: from, end: from + own.trim().length };
}
