import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Note } from '../../ports/analyst.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { decisionSchema } from '../decision.ts';
import { readsLikeOrders, shownText } from '../shown-text.ts';
import { changes, reads } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const readGiven = z.strictObject({
  from: z.int().min(1).default(1).describe('the first note to show, counted from 1'),
});
const atOnce = 40;

/** Shows what earlier iterations of the run noted. */
export function readNotes(notes: readonly Note[]): Tool {
  return reads(
    'read_notes',
    'Shows the notes of the run (data-curation.md): facts of every iteration, and what you noted in earlier ones.',
    readGiven,
    ({ from }) => {
      const shown = notes.slice(from - 1, from - 1 + atOnce).map(({ iteration, by, text }, at) => {
        return { note: from + at, iteration, by, text: shownText(text, 1_000) };
      });
      return { value: [...shown, { notes: notes.length }] };
    },
  );
}

const written = z.strictObject({ text: z.string().trim().min(1).max(500) });

/** Writes a note that later iterations read, and that stays in view: none that reads like instructions. */
export function writeNotes(objects: ObjectStore): Tool {
  return changes(
    'write_notes',
    'Adds a note to data-curation.md: what you decided about the data and why. It stays in your view, later iterations read it, and people do in the report.',
    written,
    writtenEffect(
      objects,
      ({ text }) => {
        if (readsLikeOrders(text)) {
          throw new RatchetError('InvalidInput', 'A note that reads like instructions to a model is not kept.');
        }
        return { decision: { kind: 'decision', text } };
      },
      (kept) => ({ value: { noted: true }, pin: decisionSchema.parse(kept).decision }),
    ),
  );
}
