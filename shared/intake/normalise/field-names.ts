/** Names that speak for themselves, by the field they stand for; the first that is there is taken. */
const otherNames = {
  input: ['text', 'prompt'],
  output: ['prediction', 'response', 'predicted_label', 'label'],
  expected: ['expected_output', 'ground_truth', 'correction', 'correct_label', 'gold'],
  timestamp: ['created_at', 'ts', 'time'],
  traceId: ['trace_id', 'id'],
} as const;

type Renamed = keyof typeof otherNames;

/** Fields whose own name is recognised however it is cased and joined. */
const plainNames = [
  ...['traceId', 'timestamp', 'input', 'output', 'confidence', 'verdict', 'expected', 'score'],
  ...['judge', 'steps', 'metadata', 'checkpointId'],
];
const judgeParts: ReadonlyMap<string, string> = new Map([
  ...['kind', 'id', 'reason', 'timestamp'].map((part) => [`judge${part}`, part] as const),
  ['judge', 'judge'],
]);

const renamed: ReadonlyMap<string, { readonly field: Renamed; readonly order: number }> = new Map(
  Object.entries(otherNames).flatMap(([field, names]) =>
    names.map((name, order) => [simple(name), { field: field as Renamed, order }] as const),
  ),
);
const spelt: ReadonlyMap<string, string> = new Map(plainNames.map((name) => [simple(name), name]));

/** A name without case, blanks and what joins its words. */
function simple(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]+/g, '');
}

export interface NamedFields {
  /** By the names of a trace line. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What was read as what: `"ground_truth" read as "expected"`. */
  readonly readings: readonly string[];
}

/**
 * Gives fields of other names the one that they surely mean, where that one is absent: `ground_truth` is `expected`,
 * `Expected` and `trace_id` are themselves, `judge_id` is a part of the judge. `label` is the output where there is no
 * other, and nothing that can be assumed else.
 * @param fits whether a value can be that of a field, for those that are only spelt otherwise
 */
export function nameFields(
  given: Readonly<Record<string, unknown>>,
  fits: (field: string, value: unknown) => boolean,
): NamedFields {
  const names = Object.keys(given);
  const strange = names.filter((name) => !plainNames.includes(name));
  if (strange.length === 0) return { fields: given, readings: [] };
  const fields = new Map(Object.entries(given));
  const readings: string[] = [];
  const isOpen = (field: string): boolean => {
    const value = fields.get(field);
    return field === 'output' ? !fields.has('output') : value === undefined || value === null;
  };
  const take = (name: string, field: string): void => {
    fields.set(field, given[name]);
    fields.delete(name);
    readings.push(`${JSON.stringify(name.slice(0, 80))} read as ${JSON.stringify(field)}`);
  };
  for (const name of strange) {
    const field = spelt.get(simple(name));
    if (field !== undefined && isOpen(field) && isGiven(given[name]) && fits(field, given[name])) take(name, field);
  }
  const candidates = strange
    .filter((name) => fields.has(name) && isGiven(given[name]))
    .flatMap((name) => {
      const found = renamed.get(simple(name));
      return found === undefined ? [] : [{ name, ...found }];
    })
    .sort((a, b) => a.order - b.order);
  for (const { name, field } of candidates) if (isOpen(field)) take(name, field);
  const judge = judgeFrom(strange, fields);
  if (judge !== null && isOpen('judge')) fields.set('judge', judge);
  return { fields: Object.fromEntries(fields), readings };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** A judge whose parts are columns: `judge_id`, `judge.kind`; null where none is there. Takes them out of the fields. */
function judgeFrom(names: readonly string[], fields: Map<string, unknown>): Record<string, unknown> | null {
  const parts = names.flatMap((name) => {
    const part = judgeParts.get(simple(name));
    const value = fields.get(name);
    return part === undefined || part === 'judge' || !isGiven(value) ? [] : [[part, value, name] as const];
  });
  for (const [, , name] of parts) fields.delete(name);
  return parts.length === 0 ? null : Object.fromEntries(parts.map(([part, value]) => [part, value]));
}
