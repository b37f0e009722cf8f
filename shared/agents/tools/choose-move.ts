import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { readsLikeOrders } from '../shown-text.ts';
import { changes } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const given = z.strictObject({
  move: z.string().max(100).describe('name of one of the moves that are allowed'),
  why: z.string().trim().min(1).max(300).describe('why this one, in a sentence or two'),
});

/** A move that was chosen, as it is handed in. */
export const chosenMoveSchema = z.strictObject({ move: z.string(), why: z.string() });

/**
 * Hands in which move is next: one of those that the policy allows, never another. Its reason is kept with the decision, so
 * that later iterations and people read it; one that reads like instructions is refused.
 */
export function chooseMove(objects: ObjectStore, allowed: readonly string[]): Tool {
  return changes(
    'choose_move',
    'Hands in which of the allowed moves is next, and why. A later call takes the place of an earlier one.',
    given,
    writtenEffect(
      objects,
      ({ move, why }) => {
        if (!allowed.includes(move)) {
          throw new RatchetError('InvalidInput', `This move is not allowed. Allowed are: ${allowed.join(', ')}.`);
        }
        if (readsLikeOrders(why)) {
          throw new RatchetError('InvalidInput', 'A reason that reads like instructions to a model does not count.');
        }
        return { move, why };
      },
      (written) => ({ value: { taken: true }, handIn: chosenMoveSchema.parse(written) }),
    ),
  );
}
