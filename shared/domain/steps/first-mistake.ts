import { assumptions } from './assumptions.ts';
import { contradictedResults } from './contradicted-results.ts';
import { failedTools } from './failed-tools.ts';
import { missingConstraints } from './missing-constraints.ts';
import { repeatedCalls } from './repeated-calls.ts';
import type { Sign, StepMistake, Walk } from './step-mistake.ts';
import { unbackedClaims } from './unbacked-claims.ts';
import { wrongArithmetic } from './wrong-arithmetic.ts';

/** The surest sort of sign first, as measured in docs/benchmarks/steps.md. */
const signs: readonly Sign[] = [
  wrongArithmetic,
  unbackedClaims,
  assumptions,
  missingConstraints,
  contradictedResults,
  repeatedCalls,
  failedTools,
];

/**
 * The first decisive mistake on the way to a wrong answer, as far as steps tell without a language model: that of the
 * surest sort of sign, and of those the earliest. Null where nothing is seen, which is often: most mistakes are of the
 * world, and no text shows them.
 */
export function firstMistake(walk: Walk): StepMistake | null {
  for (const sign of signs) {
    const [first] = sign(walk);
    if (first !== undefined) return first;
  }
  return null;
}
