import { expect, test } from 'vitest';
import { championF1, drawSpans, type PlantedSpans, shareGained } from '../../../bench/gate-simulation/planted-spans.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { gateCandidate } from '../../../shared/domain/evaluation/gate.ts';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';

const crowded = { name: 'crowded', right: 0.45, entities: 4, empty: 0.05 } as const;
const requests = { name: 'requests', right: 0.75, entities: 2.5, empty: 0.05 } as const;
const sparse = { name: 'sparse', right: 0.2, entities: 1.5, empty: 0.6 } as const;
const traffic = [crowded, requests, sparse];
const decisions = 150;

/** The share of decisions that promote: by the parts that are right, and by whole answers on the same draws. */
function promoted(planted: PlantedSpans): { parts: number; whole: number } {
  const random = new SeededRandom().stream(7, JSON.stringify(planted));
  const passes = (counted: ReturnType<typeof drawSpans>) => {
    const evidence = { failures: planted.pairs, records: planted.pairs };
    const request = { ...counted, settings: defaultSettings, margin: null, evidence, fit: null };
    return gateCandidate(request).outcome === 'passed';
  };
  let [parts, whole] = [0, 0];
  for (let decision = 0; decision < decisions; decision += 1) {
    const { pairs, ...counted } = drawSpans(planted, random);
    const { changes: _changes, ...answers } = pairs;
    parts += Number(passes({ ...counted, pairs }));
    whole += Number(passes({ ...counted, pairs: answers }));
  }
  return { parts: parts / decisions, whole: whole / decisions };
}

test('taggers two points of F1 worse are hardly ever promoted, a point worse about as seldom as worse classifiers', () => {
  for (const kind of traffic) {
    for (const pairs of [100, 500]) {
      expect(promoted({ ...kind, better: -0.02, churn: 0.05, pairs }).parts).toBeLessThanOrEqual(0.03);
      expect(promoted({ ...kind, better: -0.01, churn: 0.05, pairs }).parts).toBeLessThanOrEqual(0.04);
    }
  }
});

test('a tagger sixteen points better is promoted by a hundred traces of which few are wholly right', () => {
  const planted = { ...crowded, better: 0.16, churn: 0.2, pairs: 100 };
  const { parts, whole } = promoted(planted);
  expect(parts).toBeGreaterThan(0.95);
  expect(whole).toBeLessThan(parts);
});

test('a tagger two points better is promoted more often than by whole answers', () => {
  const { parts, whole } = promoted({ ...crowded, better: 0.02, churn: 0.05, pairs: 500 });
  expect(parts).toBeGreaterThan(0.85);
  expect(whole).toBeLessThan(0.7);
});

test('a drawn tagger is as much better in F1 as was planted', () => {
  const random = new SeededRandom().stream(7, 'draw');
  for (const kind of traffic) {
    const planted = { ...kind, better: 0.03, churn: 0.1, pairs: 50_000 };
    const { changes = [] } = drawSpans(planted, random).pairs;
    const credit = changes.reduce((sum, change) => sum + change, 0) / planted.pairs;
    expect(credit).toBeCloseTo((1 - kind.empty) * shareGained(planted), 2);
    expect((shareGained(planted) * championF1(kind)) / kind.right).toBeCloseTo(0.03, 12);
  }
});
