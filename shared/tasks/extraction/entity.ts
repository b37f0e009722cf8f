import { z } from 'zod';
import { asOutput, type Output } from '../../domain/base/output.ts';
import { compareText } from '../../domain/base/text.ts';

export const entityLabelSchema = z.string().trim().min(1).max(200);

/** A place in the input that names something. */
const entitySchema = z.strictObject({
  label: entityLabelSchema,
  /** UTF-16 offsets into the input, as JavaScript counts characters; the end is exclusive. */
  start: z.int().nonnegative(),
  end: z.int().positive(),
  /** What stands there; must agree with the input where it is given. */
  text: z.string().optional(),
  /** Probability that this entity stands exactly here, where a model tells. */
  confidence: z.number().min(0).max(1).optional(),
});
export type Entity = z.infer<typeof entitySchema>;

/** A text holds at most so many entities; beyond that something else was taken for entities. */
const mostEntities = 10_000;

export const entitiesSchema = z.array(entitySchema).max(mostEntities);

const parsed = new WeakMap<object, readonly Entity[]>();

/** The entities of an output, in order of their place; none of none. @throws TypeError for an output of another kind */
export function entitiesOf(output: Output | null): readonly Entity[] {
  if (output === null) return [];
  const value: unknown = output;
  if (!Array.isArray(value)) throw new TypeError('an output of an extraction is a list of entities');
  const known = parsed.get(value);
  if (known !== undefined) return known;
  const entities = entitiesSchema.parse(value);
  parsed.set(value, entities);
  return entities;
}

/** Entities as an output, in order of their place; the same entity twice counts once. */
export function entitiesOutput(entities: readonly Entity[]): Output {
  const unique = new Map(entities.map((entity) => [entityKey(entity), entity]));
  return asOutput([...unique.values()].sort(byPlace));
}

/** Equal for the same label at the same place. */
export function entityKey({ label, start, end }: Pick<Entity, 'label' | 'start' | 'end'>): string {
  return `${start} ${end} ${label}`;
}

function byPlace(a: Entity, b: Entity): number {
  return a.start - b.start || b.end - a.end || compareText(a.label, b.label);
}
