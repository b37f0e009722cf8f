import { z } from 'zod';
import type { Json } from '../../domain/base/json.ts';
import { shownJson } from '../shown-text.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const given = z.strictObject({ from: z.int().min(1).default(1).describe('the first row to show, counted from 1') });
const atOnce = 30;

/** Shows rows that were made for an agent, thirty at a time. */
export function readRows(name: string, description: string, rows: readonly Json[]): Tool {
  return reads(name, description, given, ({ from }) => {
    const shown = rows.slice(from - 1, from - 1 + atOnce).map((row) => shownJson(row, 400));
    return { value: [...shown, { rows: rows.length }] };
  });
}
