import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestTags, Lattice } from '../../../../../shared/adapters/backends/tagger/lattice.ts';
import { entitiesIn } from '../../../../../shared/adapters/backends/tagger/lexicon.ts';
import { isInside, stateCount } from '../../../../../shared/adapters/backends/tagger/states.ts';

const types = 2;
const states = stateCount(types);

/** All ways to tag so many tokens that BIO allows. */
function allTags(tokens: number): number[][] {
  if (tokens === 0) return [[]];
  return allTags(tokens - 1).flatMap((tags) =>
    Array.from({ length: states }, (_, state) => state)
      .filter((state) => {
        const before = tags.at(-1);
        return !isInside(state) || before === state || before === state - 1;
      })
      .map((state) => [...tags, state]),
  );
}

const weight = fc.double({ min: -3, max: 3, noNaN: true });
const lattices = fc.integer({ min: 1, max: 4 }).chain((tokens) =>
  fc.record({
    tokens: fc.constant(tokens),
    scores: fc.array(weight, { minLength: tokens * states, maxLength: tokens * states }),
    transitions: fc.array(weight, { minLength: states * states, maxLength: states * states }),
    starts: fc.array(weight, { minLength: states, maxLength: states }),
  }),
);

describe('sums over all ways to tag a text', () => {
  it('agree with counting them out: whole, by token, by step, by entity, and the best', () => {
    fc.assert(
      fc.property(lattices, ({ tokens, ...given }) => {
        const scores = Float64Array.from(given.scores);
        const transitions = Float64Array.from(given.transitions);
        const starts = Float64Array.from(given.starts);
        const ways = allTags(tokens).map((tags) => {
          let score = starts[tags[0] ?? 0] ?? 0;
          tags.forEach((tag, token) => {
            score += scores[token * states + tag] ?? 0;
            if (token > 0) score += transitions[tag * states + (tags[token - 1] ?? 0)] ?? 0;
          });
          return { tags, score };
        });
        const whole = Math.log(ways.reduce((sum, { score }) => sum + Math.exp(score), 0));
        const share = (has: (tags: readonly number[]) => boolean): number =>
          ways.reduce((sum, { tags, score }) => sum + (has(tags) ? Math.exp(score - whole) : 0), 0);

        const lattice = new Lattice(states);
        lattice.reserve(tokens).set(scores);
        const exponentials = transitions.map(Math.exp);
        expect(lattice.sum(exponentials, starts.map(Math.exp))).toBeCloseTo(whole, 8);
        for (let token = 0; token < tokens; token++) {
          for (let state = 0; state < states; state++) {
            expect(lattice.marginal(token, state)).toBeCloseTo(
              share((tags) => tags[token] === state),
              8,
            );
          }
        }
        const steps = new Float64Array(states * states);
        lattice.addSteps(exponentials, 1, steps);
        for (let to = 0; to < states; to++) {
          for (let from = 0; from < states; from++) {
            let expected = 0;
            for (let token = 1; token < tokens; token++) {
              expected += share((tags) => tags[token] === to && tags[token - 1] === from);
            }
            expect(-(steps[to * states + from] ?? 0)).toBeCloseTo(expected, 7);
          }
        }
        for (let first = 0; first < tokens; first++) {
          for (let last = first; last < tokens; last++) {
            for (let type = 0; type < types; type++) {
              const stands = (tags: readonly number[]): boolean =>
                entitiesIn(tags).some((one) => one.first === first && one.last === last && one.type === type);
              expect(lattice.entity(type, first, last, exponentials)).toBeCloseTo(share(stands), 8);
            }
          }
        }
        const all = lattice.entities(0.01, exponentials);
        const likely = all.map(({ type, first, last }) => `${type} ${first} ${last}`);
        for (const { type, first, last, probability } of all) {
          expect(probability).toBeCloseTo(lattice.entity(type, first, last, exponentials), 8);
        }
        for (let first = 0; first < tokens; first++) {
          for (let last = first; last < tokens; last++) {
            for (let type = 0; type < types; type++) {
              const probability = lattice.entity(type, first, last, exponentials);
              if (probability > 0.0101) expect(likely).toContain(`${type} ${first} ${last}`);
              if (probability < 0.0099) expect(likely).not.toContain(`${type} ${first} ${last}`);
            }
          }
        }
        const best = bestTags(scores, tokens, states, transitions, starts);
        expect(best.score).toBeCloseTo(Math.max(...ways.map(({ score }) => score)), 8);
        expect(ways.find(({ tags }) => tags.join() === best.tags.join())?.score).toBeCloseTo(best.score, 8);
      }),
      { numRuns: 60 },
    );
  });
});
