import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedMoves,
  applyPolicy,
  type Move,
  moveKindSchema,
  type PolicyRequest,
  withChosenMove,
} from '../../../../shared/domain/policy/policy.ts';

const moves: readonly Move[] = moveKindSchema.options.flatMap((kind) =>
  ['one', 'two', 'three'].map((name) => ({ kind, name: `${kind}-${name}` })),
);

const requests: fc.Arbitrary<PolicyRequest> = fc.record({
  settings: fc.constant({ smallestGain: 0.002, maxIterations: 6, targetScore: 0.96 }),
  iteration: fc.integer({ min: 1, max: 5 }),
  score: fc.double({ min: 0, max: 0.99, noNaN: true }),
  previous: fc.option(fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }) }), { nil: null }),
  championScore: fc.double({ min: 0, max: 1, noNaN: true }),
  gate: fc.constantFrom('rejected', 'rejected', 'rejected', 'passed', 'too-little-evidence'),
  losesTooMuch: fc.boolean(),
  gains: fc
    .subarray(
      moves.map(({ name }) => name),
      { maxLength: 2 },
    )
    .map((names) => names.map((move, at) => ({ iteration: at + 1, score: 0.3 * (at + 1), rolledBack: false, move }))),
  untried: fc.shuffledSubarray([...moves]),
  externalRemainder: fc.constant(false),
});

describe('the moves that a decision allows', () => {
  test('are the untried ones of its kind, its own first; none where it promotes or stops', () => {
    let several = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const decision = applyPolicy(request);
        const allowed = allowedMoves(request, decision);
        if (decision.next === 'promote' || decision.next === 'stop') {
          expect(allowed).toEqual([]);
          return;
        }
        expect(allowed[0]).toEqual(decision.move);
        const made = new Set(request.gains.map(({ move }) => move));
        for (const { kind, name } of allowed) {
          expect(kind).toBe(decision.next);
          expect(made.has(name)).toBe(false);
        }
        several += Number(allowed.length > 1);
      }),
      { numRuns: 500 },
    );
    expect(several).toBeGreaterThan(20);
  });

  test('are all that a choice can make of a decision, and nothing else of it changes but its words', () => {
    fc.assert(
      fc.property(requests, fc.constantFrom(...moves), (request, move) => {
        const decision = applyPolicy(request);
        const chosen = withChosenMove(decision, move, 'Chosen.');
        const changed = { ...decision, move, detail: `${decision.detail} Chosen.` };
        expect(chosen).toEqual(decision.next === move.kind ? changed : decision);
      }),
      { numRuns: 300 },
    );
  });
});
