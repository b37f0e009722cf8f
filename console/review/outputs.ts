import { shownName } from '../text.ts';

/** An entity as the server tells it: UTF-16 offsets, end exclusive. */
export interface Entity {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly text?: string;
}

/** The entities of an answer, in order of their place; none for an answer of another kind. */
export function entitiesOf(output: unknown): readonly Entity[] {
  if (!Array.isArray(output)) return [];
  return output.filter(isEntity).toSorted((a, b) => a.start - b.start || b.end - a.end);
}

function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && 'label' in value && 'start' in value && 'end' in value;
}

/** Equal for answers that say the same. */
export function outputKey(output: unknown): string {
  if (!Array.isArray(output)) return JSON.stringify(output);
  return JSON.stringify(entitiesOf(output).map(({ label, start, end }) => [label, start, end]));
}

/** An answer on one line, with what would not show made visible. */
export function outputLine(output: unknown, input: string, limit = 90): string {
  if (output === null || output === undefined) return 'no answer';
  if (typeof output === 'string') return output === '' ? 'an empty text' : shownName(output, limit);
  if (!Array.isArray(output)) return shownName(JSON.stringify(output), limit);
  const entities = entitiesOf(output);
  if (entities.length === 0) return 'no entity';
  return shownName(
    entities.map(({ label, start, end, text }) => `${text ?? input.slice(start, end)} (${label})`).join(', '),
    limit,
  );
}
