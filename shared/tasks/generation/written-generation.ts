import { type Json, jsonSchema } from '../../domain/base/json.ts';
import type { WrittenOutputs } from '../../domain/base/task-kind.ts';
import type { Checker } from './checkers/checker.ts';
import { generatedSchema, structureOf } from './generated.ts';
import type { GenerationSpec } from './generation-spec.ts';

/** What a language model writes as the right answer. */
export function writtenGeneration(checker: Checker): WrittenOutputs<GenerationSpec> {
  return {
    words: 'the right answer in full, where the answer is wrong and you know it, else null',
    schema: (spec): Json => ({ type: spec.checker === 'json' ? ['object', 'array', 'null'] : ['string', 'null'] }),
    read(spec, _input, written) {
      if (written === null) return null;
      const value = spec.checker === 'json' ? structureOf(written) : written;
      const parsed = generatedSchema.safeParse(jsonSchema.parse(value));
      return parsed.success && checker.problem(value) === null ? parsed.data : null;
    },
  };
}
