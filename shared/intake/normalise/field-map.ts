import { RatchetError } from '../../domain/base/errors.ts';
import { withinFence } from '../../domain/base/fence.ts';
import type { RawTrace } from '../../ports/trace-format.ts';

/** Where a field of a trace is to be taken from. */
export type FieldSource =
  | { readonly kind: 'path'; readonly path: string; readonly steps: readonly string[] }
  | { readonly kind: 'constant'; readonly value: string };

export type FieldMap = ReadonlyMap<string, FieldSource>;

const fields = [
  'traceId',
  'timestamp',
  'input',
  'output',
  'confidence',
  'verdict',
  'expected',
  'score',
  'judge.kind',
  'judge.id',
  'judge.reason',
  'judge.timestamp',
] as const;

/** What an example is made of. */
const exampleFields = ['input', 'output'] as const;

/**
 * Reads mappings such as `expected=correct_label`, `output=output.label`, `input=messages[0].content` and
 * `judge.kind=:human`, which is the constant `human`.
 * @param of whose fields they are
 * @throws RatchetError InvalidInput for what is none, and for a field that traces, or examples, do not have
 */
export function parseFieldMap(mappings: readonly string[], of: 'traces' | 'examples' = 'traces'): FieldMap {
  const known: readonly string[] = of === 'traces' ? fields : exampleFields;
  const isKnown = (field: string) => known.includes(field) || (of === 'traces' && /^metadata\.[^.[\]]+$/.test(field));
  const wrong = (mapping: string, problem: string) =>
    new RatchetError('InvalidInput', `${JSON.stringify(mapping.slice(0, 120))} ${problem}.`, {
      mend: `Write field=path, or field=:text for a constant. Fields are: ${known.join(', ')}${of === 'traces' ? ', and metadata.NAME' : ''}.`,
    });
  const map = new Map<string, FieldSource>();
  for (const mapping of mappings) {
    const at = mapping.indexOf('=');
    const field = mapping.slice(0, Math.max(0, at)).trim();
    const source = mapping.slice(at + 1);
    if (at < 1 || source.trim() === '') throw wrong(mapping, 'does not say which field is taken from where');
    if (!isKnown(field)) throw wrong(mapping, `names a field that ${of} do not have`);
    map.set(field, source.startsWith(':') ? { kind: 'constant', value: source.slice(1) } : pathSource(source));
  }
  return map;
}

function pathSource(path: string): FieldSource {
  return { kind: 'path', path, steps: path.replaceAll(/\[(\d+)\]/g, '.$1').split('.') };
}

/** What a mapping takes from a record; undefined where there is nothing. */
export function mappedValue(source: FieldSource, raw: Pick<RawTrace, 'source' | 'fields'>): unknown {
  if (source.kind === 'constant') return source.value;
  return valueAt(raw.source ?? raw.fields, source.steps) ?? valueAt(raw.fields, source.steps);
}

/**
 * What is at a place of a record; undefined where there is nothing. Names with dots in them are found too, and the JSON
 * text of an object or a list is looked into.
 */
export function valueAt(record: unknown, steps: readonly string[]): unknown {
  if (steps.length === 0) return record;
  const within = opened(record);
  if (within === null || typeof within !== 'object') return undefined;
  for (let length = steps.length; length > 0; length -= 1) {
    const name = steps.slice(0, length).join('.');
    if (!Object.hasOwn(within, name)) continue;
    const found = valueAt(Object.entries(within).find(([key]) => key === name)?.[1], steps.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function opened(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const body = withinFence(value);
  if (!/^\s*[[{]/.test(body)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
