import { z } from 'zod';
import type { Json } from '../base/json.ts';
import { inList } from '../base/quoted.ts';
import { formatCount } from '../base/wording.ts';
import { defaultSettings, type Settings, settingsSchema } from './settings.ts';

/** What people need to know of a setting. */
export interface SettingFacts {
  readonly name: keyof Settings;
  readonly meaning: string;
  /** What it may be, in words: `0 to 1`, `a whole number, at least 1`. */
  readonly range: string;
  readonly default: Json;
}

const propertySchema = z.object({
  type: z.string().optional(),
  description: z.string(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maxLength: z.number().optional(),
});

/** All settings, in the order in which they are declared, with what their schema says of them. */
export const settingFacts: readonly SettingFacts[] = factsOf(settingsSchema);

/** The facts of one setting; undefined for a name that none has. */
export function factsOfSetting(name: string): SettingFacts | undefined {
  return settingFacts.find((facts) => facts.name === name);
}

/** A value of a setting as people write it: `0.96`, `strict`, `spam, phishing`, `none`. */
export function showSetting(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? 'none' : value.map((entry) => inList(String(entry))).join(', ');
}

function factsOf(schema: typeof settingsSchema): readonly SettingFacts[] {
  const { properties = {} } = z.toJSONSchema(schema);
  return (Object.keys(schema.shape) as (keyof Settings)[]).map((name) => {
    const property = propertySchema.parse(properties[name]);
    const initial = defaultSettings[name];
    return {
      name,
      meaning: property.description,
      range: rangeOf(property),
      default: Array.isArray(initial) ? [...initial] : (initial as Json),
    };
  });
}

function rangeOf({ type, enum: choices, ...bounds }: z.infer<typeof propertySchema>): string {
  if (choices !== undefined) return choices.join(', ');
  if (type === 'array') return 'names, separated by commas';
  if (type === 'string' && bounds.maxLength !== undefined) {
    return `a text of at most ${formatCount(bounds.maxLength)} characters`;
  }
  const { exclusiveMinimum, minimum } = bounds;
  const whole = type === 'integer' ? 'a whole number, ' : '';
  const least = exclusiveMinimum === undefined ? minimum : undefined;
  // The largest safe integer bounds every whole number, and tells nobody anything.
  const most = bounds.maximum === Number.MAX_SAFE_INTEGER ? undefined : bounds.maximum;
  if (type === 'integer' && exclusiveMinimum !== undefined) return `${whole}${limits(exclusiveMinimum + 1, most)}`;
  if (exclusiveMinimum !== undefined) {
    return most === undefined ? `above ${exclusiveMinimum}` : `above ${exclusiveMinimum}, at most ${most}`;
  }
  return `${whole}${limits(least, most)}`;
}

function limits(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? 'any' : `at most ${most}`;
}
