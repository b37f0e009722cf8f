import { z } from 'zod';
import type { Note } from '../../ports/analyst.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { StageHead } from '../state/stage-head.ts';
import { stageKey } from './stage.ts';

// Beside the agent's own files, so that they go with them when traces are erased: notes may quote some.
const notesFile = 'strategy.agent/notes.json';
const markdownFile = 'strategy.agent/data-curation.md';

const notesSchema = z.array(
  z.strictObject({ iteration: z.int(), by: z.enum(['run', 'strategist']), text: z.string() }),
);

type Of = Pick<StageHead, 'run'>;

/** What was noted up to an iteration of a run, oldest first; nothing where nothing was. */
export async function readNotesUpTo(iteration: number, { run }: Of, objects: ObjectStore): Promise<readonly Note[]> {
  for (let at = iteration; at > 0; at -= 1) {
    const key = stageKey('decide-next', { run, iteration: at, item: 'all' }, notesFile);
    if ((await objects.get(key)) !== undefined) return readJson(objects, key, notesSchema);
  }
  return [];
}

/** Keeps all notes of a run so far, for the next iteration and, as `data-curation.md`, for people. */
export async function keepNotes(
  notes: readonly Note[],
  key: (file: string) => string,
  objects: ObjectStore,
): Promise<void> {
  await writeJson(objects, key(notesFile), notes);
  const lines = notes.map(({ iteration, by, text }) => `- iteration ${iteration}, ${by}: ${oneLine(text)}`);
  await objects.put(key(markdownFile), new TextEncoder().encode(`# Data curation\n\n${lines.join('\n')}\n`));
}

/** Text as it may stand in a line of Markdown: its line breaks and signs of HTML and Markdown say nothing. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').replaceAll(/[\\`*_[\]<>|#]/g, '\\$&');
}
