import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../shared/domain/models/configuration.ts';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { moves } from '../../../../shared/domain/policy/moves.ts';
import {
  applyPolicy,
  type Move,
  type PastIteration,
  type PolicyDecision,
  type PolicyRequest,
  policyBand,
} from '../../../../shared/domain/policy/policy.ts';

const configuration: Configuration = {
  foundation: 'none',
  epochs: 10,
  learningRate: 0.1,
  l2: 0,
  distillation: 0,
  interpolation: 0,
  embeddingDropout: 0,
  classBalance: 0,
};
const neighbours = [20, 30, 40, 50].map((epochs) => ({ ...configuration, epochs }));
const allMoves = (['rework-data', 'tune', 'augment'] as const).flatMap((kind) =>
  moves(kind, { neighbours, tried: [], atOnce: 2 }),
);

/** With a target that is out of reach. */
const first: PolicyRequest = {
  settings: { ...defaultSettings, targetScore: 2 },
  iteration: 1,
  score: 0.9,
  previous: null,
  championScore: 0.85,
  gate: 'rejected',
  losesTooMuch: false,
  gains: [],
  untried: allMoves,
  externalRemainder: false,
};

const past = (iteration: number, score: number, rolledBack = false): PastIteration => ({
  iteration,
  score,
  rolledBack,
  move: `move ${iteration}`,
});
/** The second iteration after a first with a score of 0.9, over a champion with 0.85. */
const second: PolicyRequest = { ...first, iteration: 2, score: 0.91, previous: { score: 0.9 }, gains: [past(1, 0.9)] };

const reasonOf = (decision: PolicyDecision): string => (decision.next === 'stop' ? decision.reason : decision.next);

describe('policyBand', () => {
  it.each([
    [0, 'rework-data'],
    [0.7999, 'rework-data'],
    [0.8, 'tune'],
    [0.95, 'tune'],
    [0.9501, 'augment'],
    [1, 'augment'],
  ] as const)('of %f is %s', (score, kind) => {
    expect(policyBand(score)).toBe(kind);
  });
});

describe('decideNext', () => {
  it("promotes on the gate's pass, whatever else holds", () => {
    expect(
      applyPolicy({
        ...second,
        gate: 'passed',
        score: 0.1,
        externalRemainder: true,
        iteration: 6,
        untried: [],
      }).next,
    ).toBe('promote');
  });

  it.each([
    [0.5, 'more-hard-negatives'],
    [0.97, 'two-a-pattern'],
  ])('makes the first untried move of the band of %f', (score, name) => {
    expect(applyPolicy({ ...first, score, championScore: 0.3 })).toMatchObject({
      next: policyBand(score),
      move: { name },
      rollback: false,
    });
  });

  it('tunes in the middle band, with two configurations or more', () => {
    expect(applyPolicy(first)).toMatchObject({
      next: 'tune',
      move: { configurations: neighbours.slice(0, 2) },
      rollback: false,
    });
  });

  it('rolls back when the score is below what stood before, and goes on in the band of that', () => {
    const gains = [past(1, 0.94), past(2, 0.96)];
    expect(applyPolicy({ ...second, iteration: 3, score: 0.94, previous: { score: 0.96 }, gains })).toMatchObject({
      next: 'augment',
      rollback: true,
    });
    expect(applyPolicy({ ...second, score: 0.7 })).toMatchObject({ next: 'tune', rollback: true });
    expect(applyPolicy({ ...second, score: 0.9 })).toMatchObject({ rollback: false });
  });

  it('does not roll back the first iteration, which has nothing to go back to', () => {
    expect(applyPolicy({ ...first, score: 0.6 })).toMatchObject({ next: 'rework-data', rollback: false });
  });

  it('stops on a plateau: two iterations in a row that gain less than the smallest gain', () => {
    const gains = [past(1, 0.9), past(2, 0.901)];
    expect(reasonOf(applyPolicy({ ...second, iteration: 3, score: 0.902, previous: { score: 0.901 }, gains }))).toBe(
      'plateau',
    );
    expect(reasonOf(applyPolicy({ ...second, iteration: 3, score: 0.903, previous: { score: 0.901 }, gains }))).toBe(
      'tune',
    );
    expect(reasonOf(applyPolicy({ ...second, score: 0.901 }))).toBe('tune');
  });

  it('counts the gain of the first iteration over the champion', () => {
    expect(reasonOf(applyPolicy({ ...second, championScore: 0.9, score: 0.9 }))).toBe('plateau');
  });

  it('counts an iteration that was rolled back as one without gain, and the next from what stood before it', () => {
    const gains = [past(1, 0.9), past(2, 0.85, true)];
    expect(applyPolicy({ ...second, iteration: 3, score: 0.88, previous: { score: 0.9 }, gains })).toMatchObject({
      reason: 'plateau',
      rollback: true,
    });
    expect(reasonOf(applyPolicy({ ...second, iteration: 3, score: 0.91, previous: { score: 0.9 }, gains }))).toBe(
      'tune',
    );
    const recovered = [past(1, 0.9), past(2, 0.85, true), past(3, 0.9)];
    expect(
      reasonOf(applyPolicy({ ...second, iteration: 4, score: 0.91, previous: { score: 0.9 }, gains: recovered })),
    ).toBe('tune');
    expect(
      reasonOf(applyPolicy({ ...second, iteration: 4, score: 0.9, previous: { score: 0.9 }, gains: recovered })),
    ).toBe('plateau');
  });

  it('takes a gain of exactly the smallest one as progress, whatever the rounding', () => {
    const gains = [past(1, 0.85), past(2, 0.9)];
    expect(
      reasonOf(
        applyPolicy({ ...second, iteration: 3, score: 0.902, previous: { score: 0.9 }, gains, championScore: 0.85 }),
      ),
    ).toBe('tune');
    expect(reasonOf(applyPolicy({ ...second, championScore: 0.9, gains: [past(1, 0.9)], score: 0.902 }))).toBe('tune');
  });

  it('stops when only external failures remain, at the limit, and when the band has no move left', () => {
    expect(reasonOf(applyPolicy({ ...first, externalRemainder: true }))).toBe('external-remainder');
    expect(reasonOf(applyPolicy({ ...second, iteration: 6 }))).toBe('iteration-limit');
    expect(reasonOf(applyPolicy({ ...first, untried: moves('augment') }))).toBe('moves-exhausted');
  });

  it('never makes a move again, even one that it is offered again', () => {
    const [made, other] = moves('augment');
    const gains = [{ ...past(1, 0.96), move: made?.name ?? '' }];
    expect(applyPolicy({ ...second, score: 0.97, previous: { score: 0.96 }, gains })).toMatchObject({
      next: 'augment',
      move: other,
    });
  });

  it('stops when what stands reaches the target, though the gate refused it, and goes on below', () => {
    const settings = { ...defaultSettings, targetScore: 0.96 };
    for (const score of [0.96, 0.97, 1])
      expect(applyPolicy({ ...first, settings, score })).toMatchObject({ next: 'stop', reason: 'target-reached' });
    expect(applyPolicy({ ...first, settings, score: 0.97 }).detail).toBe(
      'A score of 0.9700 reaches the target of 0.9600.',
    );
    expect(applyPolicy({ ...first, settings, score: 0.9599 }).next).toBe('augment');
    // Rounding is no miss, and too little evidence is the nearer reason.
    expect(reasonOf(applyPolicy({ ...first, settings, score: 0.96 - 1e-12 }))).toBe('target-reached');
    expect(reasonOf(applyPolicy({ ...first, settings, score: 1, gate: 'too-little-evidence' }))).toBe(
      'too-little-evidence',
    );
    const back = { ...second, settings, score: 0.5, previous: { score: 0.961 } };
    expect(applyPolicy(back)).toMatchObject({ reason: 'target-reached', rollback: true });
  });

  it("promotes on the gate's pass below the target as above it", () => {
    for (const score of [0.2, 0.9599, 0.96, 1])
      expect(applyPolicy({ ...first, settings: defaultSettings, score, gate: 'passed' }).next).toBe('promote');
  });

  it('stops when evidence is too little, since it does not grow within a run', () => {
    expect(reasonOf(applyPolicy({ ...first, gate: 'too-little-evidence' }))).toBe('too-little-evidence');
  });

  it('says in numbers why it rolls back and what comes next', () => {
    const gains = [past(1, 0.94), past(2, 0.96)];
    expect(applyPolicy({ ...second, iteration: 3, score: 0.94, previous: { score: 0.96 }, gains }).detail).toBe(
      'The score 0.9400 is below 0.9600: back to what stood before. A score of 0.9600 calls for augment: two-a-pattern.',
    );
    expect(applyPolicy({ ...first, score: 0.5, championScore: 0.3 }).detail).toBe(
      'A score of 0.5000 calls for rework-data: more-hard-negatives.',
    );
    expect(applyPolicy({ ...first, gate: 'passed' }).detail).toBe('The gate passed a score of 0.9000.');
    expect(applyPolicy({ ...first, untried: [] }).detail).toBe(
      'A score of 0.9000 calls for tune, and every such move was made.',
    );
    expect(applyPolicy({ ...second, iteration: 6 }).detail).toBe('All 6 iterations are used.');
  });

  it('says on a plateau what the last two iterations gained, with signs', () => {
    const gains = [past(1, 0.9), past(2, 0.901)];
    const third = { ...second, iteration: 3, previous: { score: 0.901 }, gains };
    expect(applyPolicy({ ...third, score: 0.9015 }).detail).toBe(
      'Two iterations in a row gained less than 0.002: +0.0010, then +0.0005.',
    );
    expect(applyPolicy({ ...third, score: 0.901 }).detail).toContain(': +0.0010, then +0.0000.');
    expect(applyPolicy({ ...third, score: 0.8 }).detail).toBe(
      'The score 0.8000 is below 0.9010: back to what stood before. Two iterations in a row gained less than 0.002: +0.0010, then −0.1010.',
    );
  });

  const score = fc.double({ min: 0, max: 1, noNaN: true });
  const gate = fc.constantFrom('passed', 'rejected', 'too-little-evidence');
  const move: fc.Arbitrary<Move> = fc.record({
    kind: fc.constantFrom('rework-data', 'tune', 'augment'),
    name: fc.string(),
  });

  it('answers every score and every history', () => {
    fc.assert(
      fc.property(
        fc.record({
          settings: fc.constant(defaultSettings),
          iteration: fc.integer({ min: 1, max: 20 }),
          score: fc.oneof(score, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
          previous: fc.option(fc.record({ score })),
          championScore: score,
          gate,
          losesTooMuch: fc.boolean(),
          gains: fc.array(fc.record({ iteration: fc.nat(20), score, rolledBack: fc.boolean(), move: fc.string() }), {
            maxLength: 20,
          }),
          untried: fc.array(move, { maxLength: 6 }),
          externalRemainder: fc.boolean(),
        }),
        (request) => {
          const decision = applyPolicy(request);
          expect(decision.next === 'promote').toBe(request.gate === 'passed');
          expect(decision.detail).toMatch(/^[A-Z].*\.$/s);
          if (decision.next === 'promote') return;
          const now = Number.isFinite(request.score) ? request.score : 0;
          expect(decision.rollback).toBe(request.previous !== null && now < request.previous.score);
          if (decision.next === 'stop') return;
          expect(request.iteration).toBeLessThan(defaultSettings.maxIterations);
          expect(request.untried).toContain(decision.move);
          expect(decision.move.kind).toBe(decision.next);
          const band = policyBand(Math.max(now, request.previous?.score ?? 0));
          expect(request.losesTooMuch ? ['tune', band] : [band]).toContain(decision.next);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('calls for more of the champion where the best candidate loses too much, whatever its score, as long as there is more', () => {
    for (const score of [0.7, 0.9, 0.97])
      expect(applyPolicy({ ...first, score, losesTooMuch: true })).toMatchObject({
        next: 'tune',
        detail: expect.stringContaining('more of the champion'),
      });
    const untried = allMoves.filter(({ kind }) => kind !== 'tune');
    expect(applyPolicy({ ...first, score: 0.7, losesTooMuch: true, untried })).toMatchObject({ next: 'rework-data' });
  });

  it('ends every run within its iterations, and what stands never falls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(score, gate), { minLength: 20, maxLength: 20 }),
        score,
        fc.integer({ min: 1, max: 20 }),
        (evaluations, championScore, maxIterations) => {
          const settings = { ...defaultSettings, maxIterations };
          const gains: PastIteration[] = [];
          let previous: { score: number } | null = null;
          let made = 'first';
          for (const [index, [now, outcome]] of evaluations.entries()) {
            const iteration = index + 1;
            expect(iteration).toBeLessThanOrEqual(maxIterations);
            const decision = applyPolicy({
              ...first,
              settings,
              iteration,
              score: now,
              previous,
              championScore,
              gate: outcome,
              gains,
            });
            if (decision.next === 'promote' || decision.next === 'stop') return;
            gains.push({ iteration, score: now, rolledBack: decision.rollback, move: made });
            made = decision.move.name;
            const standing: number = decision.rollback ? (previous?.score ?? now) : now;
            expect(standing).toBeGreaterThanOrEqual(previous?.score ?? 0);
            previous = { score: standing };
          }
          throw new Error('the run did not end');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
