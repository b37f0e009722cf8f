import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { readJson } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { agentFiles } from '../agent-files.ts';
import { turnSchema } from '../agent-state.ts';
import { shownText } from '../shown-text.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const given = z.strictObject({
  id: z.string().regex(/^(\d{1,5}-\d{1,3}|turn-\d{1,5})$/, 'use an id that you were told, such as 4-1 or turn-12'),
  from: z.int().min(0).default(0).describe('the first character to show'),
});
const keptSchema = z.strictObject({ text: z.string() });

/**
 * Shows more of a result that was too long, or a turn that was dropped from view; the agent's own alone.
 * @param most characters at a time
 */
export function readResult(objects: ObjectStore, folder: string, most: number): Tool {
  return reads(
    'read_result',
    'Shows a part of a result that was too long to be shown whole, or of an earlier turn that was dropped from view.',
    given,
    async ({ id, from }) => {
      const text = await textOf(id, objects, folder);
      const part = text.slice(from, from + most).toWellFormed();
      // A part of a text that was shown may read like instructions where the whole did not.
      return { value: { part: shownText(part, most), from, to: from + part.length, of: text.length } };
    },
  );
}

async function textOf(id: string, objects: ObjectStore, folder: string): Promise<string> {
  const turn = /^turn-(\d+)$/.exec(id)?.[1];
  const key = turn === undefined ? agentFiles.result(folder, id) : agentFiles.turn(folder, Number(turn));
  if ((await objects.get(key)) === undefined) throw new RatchetError('InvalidInput', 'There is no result of that id.');
  if (turn === undefined) return (await readJson(objects, key, keptSchema)).text;
  const { text, calls } = await readJson(objects, key, turnSchema);
  return JSON.stringify({
    said: text,
    calls: calls.map(({ name, arguments: written, result }) => ({ name, written, result })),
  });
}
