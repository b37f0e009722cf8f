import { RatchetError } from '../base/errors.ts';
import type { Judgement } from '../traces/judgement.ts';
import type { Trace } from '../traces/trace.ts';

/** Which traces are meant: `field=value` for the whole value, `field~part` for a part of it in any case. */
export interface Condition {
  /** `traceId`, `input`, `output`, `steps`, `metadata.PATH`, or `text` for all of these and what was judged. */
  readonly field: string;
  readonly test: 'is' | 'has';
  readonly value: string;
}

const fields = ['traceId', 'input', 'output', 'steps', 'text'];
const metadataPrefix = 'metadata.';

/** Reads a condition as a person writes it. @throws RatchetError InvalidInput */
export function parseCondition(written: string): Condition {
  const [, field = '', sign = '', value = ''] = /^([^=~]+?)\s*([=~])([\s\S]*)$/.exec(written) ?? [];
  const known = fields.includes(field) || (field.startsWith(metadataPrefix) && field.length > metadataPrefix.length);
  if (known && value.trim() !== '') return { field, test: sign === '=' ? 'is' : 'has', value: value.trim() };
  const unknown =
    sign === '' ? 'has neither = nor ~' : `names no field that traces have: ${JSON.stringify(field.slice(0, 60))}`;
  const problem = known ? 'has no value' : unknown;
  throw new RatchetError('InvalidInput', `The condition ${JSON.stringify(written.slice(0, 120))} ${problem}.`, {
    mend: `Write FIELD=VALUE or FIELD~PART with one of ${fields.join(', ')} or metadata.NAME, such as metadata.user=u17 or input~jane@example.org.`,
  });
}

/** Whether a trace, with what was judged of it, is meant. */
export function meets(condition: Condition, trace: Trace, judgements: readonly Judgement[]): boolean {
  const found = valuesOf(condition.field, trace, judgements);
  return found.some((value) => (condition.test === 'is' ? value === condition.value : has(value, condition.value)));
}

/**
 * Whether a line that could not be read as a trace speaks of the same: it has the value, and with it the name of the
 * field of metadata. A line that is no JSON names no fields: the value alone tells.
 * @param parsed the line as JSON; undefined where it is none
 */
export function meetsRaw({ field, test, value }: Condition, line: string, parsed: unknown): boolean {
  const within = textsWithin(parsed);
  if (test === 'has') {
    const quoted = JSON.stringify(value).slice(1, -1);
    return has(line, value) || has(line, quoted) || within.some((text) => has(text, value));
  }
  const isTable = parsed === undefined && !/^\s*[[{]/.test(line);
  if (isTable) return standsAlone(value, line);
  if (!line.includes(JSON.stringify(value)) && !within.includes(value) && !standsBare(value, line)) return false;
  if (!field.startsWith(metadataPrefix)) return true;
  const name = field.slice(metadataPrefix.length);
  return [name, name.split('.').at(-1)].some((one) => line.includes(JSON.stringify(one)));
}

/** Whether a line of a table has a value with no letter or digit beside it. */
function standsAlone(value: string, line: string): boolean {
  return placesOf(value, line).some(
    (at) =>
      !/[\p{L}\p{N}]$/u.test(line.slice(Math.max(0, at - 2), at)) &&
      !/^[\p{L}\p{N}]/u.test(line.slice(at + value.length)),
  );
}

/** Whether a line of JSON, perhaps a broken one, has a number or a truth value that is written so. */
function standsBare(value: string, line: string): boolean {
  if (!/^(?:true|false|-?[\d.]+)$/.test(value)) return false;
  return placesOf(value, line).some(
    (at) =>
      /[:,[]\s*$/.test(line.slice(Math.max(0, at - 20), at)) && /^\s*(?:[,}\]]|$)/.test(line.slice(at + value.length)),
  );
}

function placesOf(value: string, line: string): readonly number[] {
  const places: number[] = [];
  for (let at = line.indexOf(value); at !== -1; at = line.indexOf(value, at + value.length)) places.push(at);
  return places;
}

function valuesOf(field: string, trace: Trace, judgements: readonly Judgement[]): readonly string[] {
  if (field === 'traceId') return [trace.traceId];
  if (field === 'input') return [trace.input];
  if (field === 'output') return textsWithin(trace.output);
  if (field === 'steps') return textsWithin(trace.steps);
  if (field === 'text') {
    const said = judgements.map(({ expected, judge }) => [expected, judge.reason]);
    return [trace.traceId, trace.input, ...textsWithin([trace.output, trace.steps, trace.metadata, said])];
  }
  const name = field.slice(metadataPrefix.length);
  const metadata = trace.metadata ?? {};
  const value = Object.hasOwn(metadata, name) ? metadata[name] : valueAt(metadata, name.split('.'));
  return textsWithin(value);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return valueAt(Object.entries(value).find(([key]) => key === name)?.[1], rest);
}

/** All texts within a JSON value, numbers and truth values as text. */
export function textsWithin(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsWithin);
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
