import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationItem } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { applyCorrections, pool } from '../../../../shared/domain/evaluation/frozen-records.ts';
import { allowedLosses, gateCandidate, type MemoryCount } from '../../../../shared/domain/evaluation/gate.ts';
import { type Settings, settingsSchema } from '../../../../shared/domain/models/settings.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';

/** Only the memory decides: all that a candidate might fail by otherwise is granted. */
const settings: Settings = settingsSchema.parse({
  memoryAbsolute: 1,
  memoryFraction: 0.1,
  enoughFailures: 0,
  enoughRecords: 0,
});

type Answers = ReadonlyMap<string, string>;

/** A model's life: its champion's answers, and the sets frozen with each promotion, oldest first. */
class Lineage {
  champion: Answers;
  frozen: (readonly EvaluationItem[])[] = [];
  promotions = 0;

  constructor(champion: Answers) {
    this.champion = champion;
  }

  get preceding(): readonly EvaluationItem[] {
    return pool(this.frozen.slice(-1), classification);
  }

  get earlier(): readonly EvaluationItem[] {
    return pool(this.frozen.slice(0, -1), classification);
  }

  /** Puts a candidate to the gate over held-out traffic; a pass freezes that traffic with what it has right. */
  meet(candidate: Answers, traffic: ReadonlyMap<string, string>): 'passed' | 'rejected' | 'too-little-evidence' {
    const itemsFor = (answers: Answers): EvaluationItem[] =>
      [...traffic].map(([exampleId, expected]) => ({
        exampleId,
        input: exampleId,
        expected: labelOutput(expected),
        right: answers.get(exampleId) === expected,
      }));
    const count = (scope: MemoryCount['scope'], items: readonly EvaluationItem[]): MemoryCount => {
      const [right, wrong] = [true, false].map((onRecord) => items.filter((item) => item.right === onRecord));
      return {
        scope,
        size: items.length,
        right: right?.length ?? 0,
        lost: right?.filter((item) => !has(candidate, item)).map((item) => item.exampleId) ?? [],
        gained: wrong?.filter((item) => has(candidate, item)).map((item) => item.exampleId) ?? [],
      };
    };
    const { outcome } = gateCandidate({
      settings,
      margin: null,
      pairs: { groups: 100, gained: Array.from({ length: 10 }, (_, index) => `gained ${index}`), lost: [] },
      memory: [count('preceding', this.preceding), count('earlier', this.earlier)],
      facets: [],
      evidence: { failures: 0, records: traffic.size },
      fit: null,
    });
    if (outcome === 'passed') {
      this.champion = candidate;
      this.frozen.push(itemsFor(candidate));
      this.promotions += 1;
    }
    return outcome;
  }

  correct(exampleId: string, expected: string): void {
    const corrections = new Map([[exampleId, labelOutput(expected)]]);
    this.frozen = this.frozen.map((items) => applyCorrections(items, corrections, classification) ?? items);
  }
}

function has(answers: Answers, { exampleId, expected }: EvaluationItem): boolean {
  return answers.get(exampleId) === labelOf(expected);
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `example ${index}`);
const allRight = (count: number): Map<string, string> => new Map(ids(count).map((id) => [id, 'a']));
const without = (answers: Answers, lost: readonly number[]): Answers =>
  new Map([...answers, ...lost.map((index) => [`example ${index}`, 'wrong'] as const)]);

describe('along a sequence of promotions', () => {
  it('losses within what each step allows do not add up: the second round of them is refused', () => {
    const traffic = allRight(30);
    const lineage = new Lineage(allRight(30));
    expect(lineage.meet(allRight(30), traffic)).toBe('passed');
    expect(lineage.meet(without(lineage.champion, [0, 1]), traffic)).toBe('passed');
    const secondRound = without(lineage.champion, [2, 3]);
    expect(lineage.meet(secondRound, traffic)).toBe('rejected');
    // Against the preceding champion's own record alone the same candidate would pass.
    lineage.frozen = lineage.frozen.slice(-1);
    expect(lineage.meet(secondRound, traffic)).toBe('passed');
  });

  it('what was lost once and frozen as wrong stays on record as right', () => {
    const traffic = allRight(20);
    const lineage = new Lineage(allRight(20));
    lineage.meet(allRight(20), traffic);
    for (const _ of ids(4)) expect(lineage.meet(without(lineage.champion, [0, 1]), traffic)).toBe('passed');
    expect(lineage.earlier.every((item) => item.right)).toBe(true);
    expect(lineage.meet(without(lineage.champion, [2]), traffic)).toBe('rejected');
    expect(lineage.meet(without(lineage.champion, []), traffic)).toBe('passed');
  });

  it('a lost example may be traded for one won back', () => {
    const traffic = allRight(20);
    const lineage = new Lineage(allRight(20));
    lineage.meet(allRight(20), traffic);
    lineage.meet(without(lineage.champion, [0, 1]), traffic);
    expect(lineage.meet(without(allRight(20), [1, 2]), traffic)).toBe('passed');
  });

  const step = fc.record({
    /** New held-out traffic. */
    grown: fc.integer({ min: 0, max: 12 }),
    lost: fc.array(fc.nat(59), { maxLength: 5 }),
    won: fc.array(fc.nat(59), { maxLength: 8 }),
    corrected: fc.option(fc.tuple(fc.nat(59), fc.constantFrom('a', 'b')), { freq: 4 }),
    /** Which part of the traffic so far is in the window of the run. */
    window: fc.constantFrom(1, 2, 3),
  });

  it('no champion lacks more, net, of what any champion before it had right than the two records allow', () => {
    let promotions = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const truth = new Map<string, string>();
        const lineage = new Lineage(new Map());
        /** Kept beside the code under test: what was ever frozen as right, for the right output of today. */
        const known = new Map<string, string>();
        for (const { grown, lost, won, corrected, window } of steps) {
          for (const id of ids(truth.size + grown)) if (!truth.has(id)) truth.set(id, 'a');
          const fixed = corrected === null ? undefined : `example ${corrected[0]}`;
          if (corrected !== null && fixed !== undefined && truth.has(fixed)) {
            if (truth.get(fixed) !== corrected[1]) known.delete(fixed);
            truth.set(fixed, corrected[1]);
            lineage.correct(fixed, corrected[1]);
          }
          const candidate = new Map(lineage.champion);
          for (const id of won.map((index) => `example ${index}`)) candidate.set(id, truth.get(id) ?? 'a');
          for (const id of lost.map((index) => `example ${index}`)) candidate.set(id, 'wrong');
          const traffic = new Map([...truth].filter((_, index) => index % window === 0));
          const { preceding, earlier } = lineage;
          const allowed = allowedLosses(settings, preceding.length) + allowedLosses(settings, earlier.length);
          const forgotten = [...known].filter(([id, expected]) => candidate.get(id) !== expected);
          const mended = [...preceding, ...earlier].filter((item) => !item.right && has(candidate, item));
          if (lineage.meet(candidate, traffic) !== 'passed') continue;
          promotions += 1;
          expect(forgotten.length - mended.length).toBeLessThanOrEqual(allowed);
          for (const items of [preceding, earlier]) {
            const [before, after] = [items.filter((item) => item.right), items.filter((item) => has(candidate, item))];
            expect(before.length - after.length).toBeLessThanOrEqual(allowedLosses(settings, items.length));
          }
          for (const [id, expected] of traffic) if (candidate.get(id) === expected) known.set(id, expected);
        }
      }),
      { numRuns: 200 },
    );
    expect(promotions).toBeGreaterThan(200);
  });
});
