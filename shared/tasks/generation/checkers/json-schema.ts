import { createRequire } from 'node:module';
import type { ErrorObject } from 'ajv';
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import { RatchetError } from '../../../domain/base/errors.ts';
import { type Json, jsonSchema } from '../../../domain/base/json.ts';
import { quoted } from '../../../domain/base/quoted.ts';
import type { Pattern } from '../../../domain/base/task-kind.ts';
import { structureOf } from '../generated.ts';
import type { Checker } from './checker.ts';
import { isStructure, jsonFields } from './json-fields.ts';
import { linearPattern, mostSteps } from './linear-pattern.ts';

/** Larger answers fit no schema, in characters of their JSON. */
const largestAnswer = 200_000;
/** Nor do those with longer lists: items that are to differ are held against each other. */
const longestList = 5_000;

const load = createRequire(import.meta.url);

/**
 * As the check by fields, of answers that fit a JSON Schema (2020-12). One that does not is wrong as a whole, whatever of
 * its fields is right, and why it does not fit names the sort of its failure. Formats are not checked.
 * @throws RatchetError InvalidInput for what is no JSON Schema
 */
export function jsonBySchema(schema: Json): Checker {
  const { validate, effort } = compile(schema);
  const fault = (answer: Json): ErrorObject | null => {
    const structure = structureOf(answer);
    if (JSON.stringify(structure).length > largestAnswer || hasLongList(structure)) return tooLarge;
    effort.left = mostSteps;
    try {
      return validate(structure) ? null : (validate.errors?.[0] ?? tooLarge);
    } catch (error) {
      // A schema that speaks of itself, an answer nested as deep as no stack goes, or texts too long for their patterns.
      if (error instanceof RangeError) return tooLarge;
      throw error;
    }
  };
  const checker: Checker = {
    ...jsonFields,
    key: (answer) => (fault(answer) === null ? jsonFields.key(answer) : `unfit ${JSON.stringify(structureOf(answer))}`),
    same: (a, b) => checker.key(a) === checker.key(b),
    credit: (expected, answer) => jsonFields.credit(expected, fault(answer) === null ? answer : ''),
    problem(expected) {
      const problem = jsonFields.problem(expected);
      if (problem !== null) return problem;
      const found = fault(expected);
      if (found === null) return null;
      return {
        reason: `the right output does not fit the schema: ${toldOf(found)}`,
        mend: 'correct it, or create the model with another --schema',
      };
    },
    pattern(expected, answer) {
      const found = isStructure(structureOf(answer)) ? fault(answer) : null;
      return found === null ? jsonFields.pattern(expected, answer) : patternOf(found, expected);
    },
  };
  return checker;
}

/**
 * The JSON Schema that a text holds. @throws RatchetError InvalidInput
 */
export function readSchema(text: string): Json {
  try {
    const schema = jsonSchema.parse(JSON.parse(text));
    compile(schema);
    return schema;
  } catch (error) {
    if (error instanceof RatchetError) throw error;
    throw noSchema('is no JSON', error);
  }
}

const tooLarge: ErrorObject = {
  instancePath: '',
  schemaPath: '',
  keyword: 'size',
  params: {},
  message: `must not be longer than ${largestAnswer} characters, have lists of more than ${longestList}, be nested too deep, or be too long for its patterns`,
};

function hasLongList(answer: Json): boolean {
  const left: Json[] = [answer];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (!isStructure(value)) continue;
    const inside: readonly Json[] = Array.isArray(value) ? value : Object.values(Object(value));
    if (Array.isArray(value) && inside.length > longestList) return true;
    for (const one of inside) left.push(one);
  }
  return false;
}

function patternOf({ instancePath, keyword, message, params }: ErrorObject, expected: Json): Pattern {
  const place = placeOf(instancePath);
  const named = params.missingProperty ?? params.additionalProperty;
  const field = typeof named === 'string' ? [place, named].filter((one) => one !== '').join('.') : place;
  const facets = field === '' ? jsonFields.facets(expected) : [field.slice(0, 200)];
  const where = field === '' ? '' : `${quoted(field)} `;
  return {
    key: `unfit ${keyword} ${field}`.slice(0, 200),
    title: `does not fit the schema: ${where}${message ?? keyword}`.slice(0, 200),
    facets,
    cause: 'missing-constraint',
  };
}

function toldOf({ instancePath, message, keyword }: ErrorObject): string {
  const place = placeOf(instancePath);
  return `${place === '' ? '' : `${quoted(place)} `}${message ?? keyword}`;
}

/** A JSON Pointer as fields are named: places of lists are left out. */
function placeOf(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.reduce((place, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(name)) return `${place}[]`;
    return place === '' ? name : `${place}.${name}`;
  }, '');
}

/** What matching one answer may still take: characters times the sizes of the patterns that they are held against. */
interface Effort {
  left: number;
}

/** A pattern that RE2 does not take. */
class PatternFault extends Error {
  readonly pattern: string;

  constructor(pattern: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.pattern = pattern;
  }
}

/** The patterns of a schema, written as JavaScript has them, are matched against what strangers write. */
function patternsOf(effort: Effort) {
  return Object.assign(
    (pattern: string) => {
      const compiled = compiledPattern(pattern);
      const size = compiled.programSize();
      return {
        test(text: string) {
          effort.left -= text.length * size;
          if (effort.left < 0) throw new RangeError('too long for its patterns');
          return compiled.matcher(text.toWellFormed()).find();
        },
        // What Ajv tells patterns apart by.
        toString: () => pattern,
      };
    },
    { code: '' },
  );
}

function compiledPattern(pattern: string): ReturnType<typeof linearPattern> {
  try {
    return linearPattern(pattern, 'javascript');
  } catch (error) {
    throw new PatternFault(pattern, error);
  }
}

function compile(schema: Json): { readonly validate: ValidateFunction; readonly effort: Effort } {
  if (!isStructure(schema) || Array.isArray(schema)) throw noSchema('is no JSON object');
  // It would be asked to promise an answer.
  if (Object.hasOwn(Object(schema), '$async')) throw noSchema('has "$async"');
  const { $schema: dialect } = Object(schema) as { readonly $schema?: Json };
  if (typeof dialect === 'string' && !/\/2020-12\/schema#?$/.test(dialect)) {
    throw noSchema(`says "$schema": ${quoted(dialect)}, and 2020-12 is what is read`);
  }
  const module: typeof import('ajv/dist/2020.js') =
    typeof require === 'undefined' ? load('ajv/dist/2020.js') : require('ajv/dist/2020.js');
  const effort = { left: Number.POSITIVE_INFINITY };
  const ajv: Ajv2020 = new module.Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    validateFormats: false,
    // A field may be named as what every object has, such as "constructor".
    ownProperties: true,
    logger: false,
    code: { regExp: patternsOf(effort) },
  });
  try {
    return { validate: ajv.compile(Object(schema)), effort };
  } catch (error) {
    if (error instanceof PatternFault) {
      const place = placeOfPattern(schema, error.pattern);
      throw new RatchetError(
        'InvalidInput',
        `The JSON Schema of --schema has a pattern ${place}that cannot be used: ${JSON.stringify(error.pattern.slice(0, 200))}: ${error.message}.`,
        {
          cause: error,
          mend: 'Write it as RE2 has it (https://github.com/google/re2/wiki/Syntax): without look-ahead, look-behind and back references, and with at most 1,000 repeats.',
        },
      );
    }
    throw noSchema(`is none that can be used: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Where a schema has a pattern, as a JSON Pointer and a blank; nothing where it is not found. */
function placeOfPattern(schema: Json, pattern: string): string {
  const left: { readonly value: Json; readonly place: string }[] = [{ value: schema, place: '' }];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    if (!isStructure(next.value)) continue;
    for (const [name, value] of Object.entries(Object(next.value) as Record<string, Json>)) {
      const place = `${next.place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const isKey = next.place.endsWith('/patternProperties') && name === pattern;
      if (isKey || (name === 'pattern' && value === pattern)) return `at ${place.slice(0, 200)} `;
      left.push({ value, place });
    }
  }
  return '';
}

function noSchema(why: string, error?: unknown): RatchetError {
  return new RatchetError('InvalidInput', `The JSON Schema of --schema ${why}.`.slice(0, 600), {
    ...(error === undefined ? {} : { cause: error }),
    mend: 'Give a file with a JSON Schema (2020-12) that names nothing outside it, such as {"type": "object", "required": ["queue"], "properties": {"queue": {"enum": ["delivery", "refund"]}}}.',
  });
}
