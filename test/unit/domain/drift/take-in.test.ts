import { describe, expect, test } from 'vitest';
import { MadeUpTraffic, steady, type TrafficKind } from '../../../../bench/drift-traffic.ts';
import { driftOf } from '../../../../shared/domain/drift/drift-findings.ts';
import { type DriftState, driftStateSchema, newDriftState } from '../../../../shared/domain/drift/drift-state.ts';
import { driftHeadline, findingWords } from '../../../../shared/domain/drift/drift-words.ts';
import type { Signal } from '../../../../shared/domain/drift/signals.ts';
import { takeIn } from '../../../../shared/domain/drift/take-in.ts';

const labels = Array.from({ length: 6 }, (_, at) => `label-${at}`);

function begin(level = 0.05): DriftState {
  return newDriftState({ checkpointId: 'c1', position: 3, level, labels, farFrom: 0.6 });
}

function look(state: DriftState, traffic: MadeUpTraffic, size: number, kind: TrafficKind = steady): DriftState {
  return takeIn(
    state,
    traffic.look(size, kind, { judged: 0.4 }),
    (one) => traffic.novelty(one),
    () => traffic.chance(),
  );
}

describe('traffic that stays as it is, with bursts of near-duplicates', () => {
  test('is said to have changed in no more than 5 % of models, in a year of daily looks', () => {
    // Seeds 1 to 6: one of them may be wrong by chance, in a quarter of all such half dozens.
    const wrong = Array.from({ length: 6 }, (_, at) => {
      const traffic = new MadeUpTraffic(at + 1, labels.length);
      let state = begin();
      for (let day = 0; day < 365; day += 1) state = look(state, traffic, 12);
      return state.alarms.length > 0;
    }).filter(Boolean).length;
    expect(wrong).toBeLessThanOrEqual(1);
  });
});

describe('a change', () => {
  test.each<[Signal, number, TrafficKind]>([
    ['labels', 600, { ...steady, risen: { label: 5, share: 0.25 } }],
    ['novelty', 600, { ...steady, far: 0.3 }],
    ['confidence', 600, { ...steady, confidence: 0.7 }],
    ['failures', 1_500, { ...steady, failing: 0.35 }],
  ])('of %s is seen within %i traces, and seen as what it is', (signal, within, kind) => {
    for (const seed of [61, 62, 63]) {
      const traffic = new MadeUpTraffic(seed, labels.length);
      let state = look(begin(), traffic, 2_500);
      expect(state.alarms.map((alarm) => alarm.signal)).not.toContain(signal);
      for (let came = 0; came < within; came += 100) state = look(state, traffic, 100, kind);
      expect(state.alarms.map((alarm) => alarm.signal)).toContain(signal);
      const finding = driftOf(state).findings.find((one) => one.signal === signal);
      expect(finding?.seenAt).not.toBeNull();
      const { first, latest } = finding ?? {};
      if (signal === 'confidence') expect(latest).toBeLessThan(first ?? 0);
      else expect(latest).toBeGreaterThan(first ?? 1);
      if (signal === 'labels') expect(finding?.label).toBe('label-5');
    }
  });

  test('is told with traces that show it, of a label those that have it', () => {
    const traffic = new MadeUpTraffic(31, labels.length);
    let state = look(begin(), traffic, 2_000);
    const after = traffic.look(600, { ...steady, risen: { label: 5, share: 0.4 } });
    state = takeIn(
      state,
      after,
      (one) => traffic.novelty(one),
      () => traffic.chance(),
    );
    const [alarm] = state.alarms;
    const labelOf = new Map(after.answered.map(({ trace, labels: [label] }) => [trace, label]));
    expect(alarm?.telling.length).toBeGreaterThan(10);
    expect(new Set(alarm?.telling.map((trace) => labelOf.get(trace)))).toEqual(new Set(['label-5']));
  });
});

describe('the state', () => {
  test('holds no text, is bounded, and is what its schema reads', () => {
    const traffic = new MadeUpTraffic(41, labels.length);
    let state = begin();
    for (let at = 0; at < 150; at += 1) state = look(state, traffic, 20);
    const written = JSON.stringify(state);
    expect(driftStateSchema.parse(JSON.parse(written))).toEqual(state);
    expect(written).not.toMatch(/w\dq/);
    expect(state.points.length).toBeLessThanOrEqual(121);
    expect(written.length).toBeLessThan(120_000);
  });

  test('counts nothing before the memory of bursts is full, and says so', () => {
    const state = look(begin(), new MadeUpTraffic(51, labels.length), 100, { ...steady });
    const drift = driftOf(state);
    expect([drift.traces >= 100, drift.counted]).toEqual([true, 0]);
    expect(driftHeadline(drift)).toContain('changes are looked for after 250');
    expect(drift.findings.map((finding) => findingWords(finding, (label) => label))).toEqual([null, null, null, null]);
  });
});
