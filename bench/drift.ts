/**
 * How often drift is said of traffic that stays as it is, over a year of daily looks, and how soon changes are seen.
 * Usage: node bench/drift.ts [--models N]
 */
import { parseArgs } from 'node:util';
import { newDriftState } from '../shared/domain/drift/drift-state.ts';
import { type Signal, signals } from '../shared/domain/drift/signals.ts';
import { takeIn } from '../shared/domain/drift/take-in.ts';
import { MadeUpTraffic, steady, type TrafficKind } from './drift-traffic.ts';

const { values } = parseArgs({ options: { models: { type: 'string', default: '40' } } });
const models = Number(values.models);
const labels = Array.from({ length: 20 }, (_, at) => `label-${at}`);
const perDay = 60;
const usualDays = 40;
const mostDays = 100;

const begin = () => newDriftState({ checkpointId: 'c', position: 0, level: 0.05, labels, farFrom: 0.6 });

function look(state: ReturnType<typeof begin>, traffic: MadeUpTraffic, kind: TrafficKind) {
  return takeIn(
    state,
    traffic.look(perDay, kind),
    (one) => traffic.novelty(one),
    () => traffic.chance(),
  );
}

const falsely: Signal[][] = [];
for (let seed = 1; seed <= models; seed += 1) {
  const traffic = new MadeUpTraffic(seed, labels.length);
  let state = begin();
  for (let day = 0; day < 365; day += 1) state = look(state, traffic, steady);
  falsely.push(state.alarms.map(({ signal }) => signal));
}
const wrong = falsely.filter((found) => found.length > 0).length;
console.log(
  `A year of ${perDay} traces a day, a burst every fifth day: drift falsely seen in ${wrong} of ${models} models`,
);
for (const signal of signals) console.log(`  ${signal}: ${falsely.filter((found) => found.includes(signal)).length}`);

const changes: readonly (readonly [Signal, string, TrafficKind])[] = [
  ['labels', 'a label from some 4 % to 14 %', { ...steady, risen: { label: 7, share: 0.1 } }],
  ['labels', 'a label from some 4 % to 23 %', { ...steady, risen: { label: 7, share: 0.2 } }],
  ['novelty', 'unlike texts from 3 % to 10 %', { ...steady, far: 0.15 }],
  ['novelty', 'unlike texts from 3 % to 17 %', { ...steady, far: 0.25 }],
  ['confidence', 'mean confidence from 0.80 to 0.76', { ...steady, confidence: 0.76 }],
  ['confidence', 'mean confidence from 0.80 to 0.72', { ...steady, confidence: 0.72 }],
  ['failures', 'failures from 8 % to 20 %', { ...steady, failing: 0.2 }],
  ['failures', 'failures from 8 % to 30 %', { ...steady, failing: 0.3 }],
];
console.log(`Changes after ${usualDays} days: traces until half, and nine in ten, of ${models} models have seen them`);
for (const [signal, words, kind] of changes) {
  const delays: number[] = [];
  for (let seed = 1001; seed <= 1000 + models; seed += 1) {
    const traffic = new MadeUpTraffic(seed, labels.length);
    let state = begin();
    for (let day = 0; day < usualDays; day += 1) state = look(state, traffic, steady);
    let days = 0;
    while (days < mostDays && !state.alarms.some((alarm) => alarm.signal === signal)) {
      state = look(state, traffic, kind);
      days += 1;
    }
    delays.push(state.alarms.some((alarm) => alarm.signal === signal) ? days * perDay : Number.POSITIVE_INFINITY);
  }
  delays.sort((a, b) => a - b);
  const at = (share: number) => delays[Math.ceil(share * models) - 1] ?? 0;
  const told = (delay: number) => (delay === Number.POSITIVE_INFINITY ? `> ${mostDays * perDay}` : String(delay));
  console.log(`  ${signal}: ${words}: ${told(at(0.5))}, ${told(at(0.9))}`);
}
