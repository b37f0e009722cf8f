import { z } from 'zod';
import { jsonSchema } from '../../domain/base/json.ts';
import {
  acceptedExampleSchema,
  checkExamples,
  type ExampleRules,
  proposedExampleSchema,
} from '../../domain/curriculum/proposed-examples.ts';
import { writerSchema } from '../../domain/models/example.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { handedIn } from '../handed-in.ts';
import { changes } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const given = z.strictObject({ examples: z.array(proposedExampleSchema).min(1).max(100) });

/** An example that an agent wrote, as it is handed in. */
export const writtenExampleSchema = acceptedExampleSchema.extend({ by: writerSchema });

/**
 * Hands in examples. What does not stand is refused, each with its reason; the rest takes the place of earlier ones.
 * @param rules what they are held to; asked for when the first are proposed, since they go through all texts on record
 */
export function proposeExamples(
  objects: ObjectStore,
  rules: () => Promise<ExampleRules>,
  by: { readonly runId: string; readonly agentId: string },
): Tool {
  return changes(
    'propose_examples',
    'Hands in training examples: texts of your own, each after a trace, with its right answer. All of them at once: a later call takes the place of an earlier one.',
    given,
    writtenEffect(
      objects,
      async ({ examples }, turn) => {
        const { accepted, refused } = checkExamples(examples, await rules());
        return jsonSchema.parse({ accepted: accepted.map((one) => ({ ...one, by: { ...by, turn } })), refused });
      },
      (written) => handedIn(written),
    ),
  );
}
