import { z } from 'zod';
import type { ObjectStore } from '../../ports/object-store.ts';
import { decisionSchema } from '../decision.ts';
import { changes } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const given = z.strictObject({
  kind: z.enum(['decision', 'plan']),
  text: z.string().trim().min(1).max(500),
});

/** Writes down what the agent decided or plans, for people and for its own later turns. */
export function recordDecision(objects: ObjectStore): Tool {
  return changes(
    'record_decision',
    'Writes down a decision or a plan with its reason. It stays in your view, and people read it in the report.',
    given,
    writtenEffect(
      objects,
      ({ kind, text }) => ({ decision: { kind, text } }),
      (written) => ({ value: { recorded: true }, pin: decisionSchema.parse(written).decision }),
    ),
  );
}
