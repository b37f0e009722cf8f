import type { RandomStream } from '../../shared/ports/random.ts';
import type { Clinc, Labelled } from './load-clinc.ts';

export interface Scenario {
  readonly name: string;
  /** Intents drawn from the 150. */
  readonly intents: number;
  /** Examples a label of the first checkpoint. */
  readonly examplesPerLabel: number;
  /** Judged traces ingested before each cycle; the last cycles share evenly what the data has left when it has less. */
  readonly traces: readonly number[];
  /** Share of the headroom that the first cycle is to recover. */
  readonly target: number;
}

export const scenarios: readonly Scenario[] = [
  { name: 'A', intents: 30, examplesPerLabel: 2, traces: [3000, 1500, 1500], target: 0.8 },
  { name: 'B', intents: 150, examplesPerLabel: 5, traces: [3000, 1500, 1500], target: 0.55 },
];

/** The same in small, to see that the benchmark works. */
export const quickScenarios: readonly Scenario[] = [
  { name: 'quick', intents: 12, examplesPerLabel: 2, traces: [700, 250, 250], target: 0.5 },
];

export interface Draw {
  readonly labels: readonly string[];
  readonly examples: readonly Labelled[];
  /** Traffic of each cycle: texts of the train and val splits that no other part has. */
  readonly cycles: readonly (readonly Labelled[])[];
  /** The test split of the labels: never ingested. */
  readonly fresh: readonly Labelled[];
}

/** Draws the labels, the first examples and the traffic, in the data's natural mix of labels. */
export function drawScenario(scenario: Scenario, clinc: Clinc, random: RandomStream): Draw {
  const labels = random.shuffle(clinc.labels).slice(0, scenario.intents).sort();
  const wanted = new Set(labels);
  const examples: Labelled[] = [];
  const rest: Labelled[] = [];
  const taken = new Map<string, number>();
  for (const row of random.shuffle(clinc.train.filter(({ label }) => wanted.has(label)))) {
    const before = taken.get(row.label) ?? 0;
    taken.set(row.label, before + 1);
    (before < scenario.examplesPerLabel ? examples : rest).push(row);
  }
  const pool = random.shuffle([...rest, ...clinc.val.filter(({ label }) => wanted.has(label))]);
  return {
    labels,
    examples,
    cycles: slices(pool, scenario.traces),
    fresh: clinc.test.filter(({ label }) => wanted.has(label)),
  };
}

function slices(pool: readonly Labelled[], sizes: readonly number[]): Labelled[][] {
  let from = 0;
  return sizes.map((size, at) => {
    const even = Math.floor((pool.length - from) / (sizes.length - at));
    const to = from + (at === 0 ? Math.min(size, pool.length) : Math.min(size, even));
    const part = pool.slice(from, to);
    from = to;
    return part;
  });
}
