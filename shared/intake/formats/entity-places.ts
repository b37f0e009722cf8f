import { hasWideCharacters, offsetsOfPoints } from '../../domain/base/code-points.ts';
import { plural } from '../../domain/base/wording.ts';
import { type LineResult, refuse } from '../parse-json-line.ts';

/** What an offset counts: characters as Python does, or halves of them as JavaScript and Java do. */
export type OffsetUnit = 'code points' | 'UTF-16 units';

/** A named place of a text as a tool has it; the end is exclusive. */
export interface GivenPlace {
  readonly label: unknown;
  readonly start: unknown;
  readonly end: unknown;
  /** What stands there, where the tool says so. */
  readonly text?: unknown;
}

/** An entity as an extraction's output has it: UTF-16 offsets, end exclusive. */
export interface PlacedEntity {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The entities of a text by their places. A place that says what stands there is held to it.
 * @param unit of the offsets; `either` where a tool has written both: what stands there tells, and where nothing does,
 * a text whose places differ by the unit is refused
 */
export function placedEntities(
  input: string,
  places: readonly GivenPlace[],
  unit: OffsetUnit | 'either',
): LineResult<readonly PlacedEntity[]> {
  if (unit !== 'either') return placed(input, places, unit);
  const byPoints = placed(input, places, 'code points');
  if (!hasWideCharacters(input)) return byPoints;
  const byUnits = placed(input, places, 'UTF-16 units');
  if (!byPoints.ok) return byUnits.ok ? byUnits : byPoints;
  if (!byUnits.ok || JSON.stringify(byPoints.value) === JSON.stringify(byUnits.value)) return byPoints;
  // The same texts stand at both: the unit of today's versions.
  if (places.every(({ text }) => typeof text === 'string' && text !== '')) return byPoints;
  return refuse(
    'the text has characters such as emoji, and nothing says whether they count once or twice in the offsets',
    'export it with the text of each entity beside its offsets; of Doccano, write "offsets": "UTF-16" in the line where they count as its page does',
  );
}

function placed(input: string, places: readonly GivenPlace[], unit: OffsetUnit): LineResult<readonly PlacedEntity[]> {
  const offsets = unit === 'code points' && hasWideCharacters(input) ? offsetsOfPoints(input) : null;
  const length = offsets === null ? input.length : offsets.length - 1;
  const entities: PlacedEntity[] = [];
  for (const [index, { label, start, end, text }] of places.entries()) {
    const name = `entity ${index + 1}`;
    if (typeof label !== 'string' || label.trim() === '') {
      return refuse(`${name} has no type`, 'write the type of each entity as a text');
    }
    if (!isOffset(start) || !isOffset(end)) {
      return refuse(`${name} has no offsets that are whole numbers`, 'write where it starts and where it ends');
    }
    if (start >= end || end > length) {
      return refuse(
        `${name} stands at ${start} to ${end}, and the text has ${plural(length, 'character')}`,
        `count ${unit} from 0; the end is exclusive`,
      );
    }
    const from = offsets?.[start] ?? start;
    const to = offsets?.[end] ?? end;
    const found = input.slice(from, to);
    if (!found.isWellFormed()) {
      return refuse(`${name} cuts a character in half`, 'count UTF-16 units: an emoji has two or more');
    }
    if (typeof text === 'string' && text !== '' && sameText(text, found) === false) {
      return refuse(
        `${name} is ${shortened(text)}, and at ${start} to ${end} stands ${shortened(found)}`,
        `count ${unit} from 0, in the text as it is here`,
      );
    }
    entities.push({ label: label.trim(), start: from, end: to, text: found });
  }
  return { ok: true, value: entities };
}

/** Tools that show texts in a browser give line breaks as it has them. */
function sameText(said: string, found: string): boolean {
  return said === found || said.replaceAll(/\r\n?|\\n/g, '\n') === found.replaceAll(/\r\n?|\\n/g, '\n');
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function shortened(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
