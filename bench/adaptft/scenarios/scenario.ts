import type { Foundation } from '../../../shared/adapters/backends/embedded/embedded-configuration.ts';
import type { Random } from '../../../shared/ports/random.ts';
import type { Labelled } from '../perturbations/corpus.ts';

/** Logs a stage to learn from, and beside them those that only score. */
export const stageSize = { learn: 500, score: 150 } as const;
const stages = 4;

/** A task with its data, ready to be dealt out. */
export interface Material {
  readonly labels: readonly string[];
  /** Inputs for the first examples and the stages. */
  readonly pool: readonly Labelled[];
  /** Inputs of a split of their own, that no part of the protocol but the last scores sees. */
  readonly fresh: readonly Labelled[];
  /** Where the first examples come from, when it is not the pool at large. */
  readonly first?: (item: Labelled) => boolean;
}

export interface Scenario {
  readonly name: string;
  /** What is hard about it, for the report. */
  readonly about: string;
  readonly foundation: Foundation;
  /** Examples a label of the first checkpoint. */
  readonly examplesPerLabel: number;
  /** Most inputs of the fresh set. */
  readonly freshLimit: number;
  load(data: string, seed: number, random: Random): Promise<Material>;
}

/** A scenario dealt out for one seed. No input is in two parts. */
export interface Draw {
  readonly labels: readonly string[];
  readonly examples: readonly Labelled[];
  readonly stages: readonly { readonly learn: readonly Labelled[]; readonly score: readonly Labelled[] }[];
  readonly fresh: readonly Labelled[];
}

/** Deals the material out: so many first examples of each label, then the stages, in the pool's natural mix. */
export function deal(scenario: Scenario, { labels, pool, fresh, first }: Material, seed: number, random: Random): Draw {
  const examples: Labelled[] = [];
  const rest: Labelled[] = [];
  const taken = new Map<string, number>();
  for (const item of random.stream(seed, `adaptft/${scenario.name}/deal`).shuffle(pool)) {
    const before = taken.get(item.output) ?? 0;
    if (before < scenario.examplesPerLabel && first?.(item) !== false) {
      taken.set(item.output, before + 1);
      examples.push(item);
    } else rest.push(item);
  }
  const each = stageSize.learn + stageSize.score;
  if (rest.length < stages * each) {
    throw new Error(`${scenario.name} has ${rest.length} inputs for its stages, and needs ${stages * each}`);
  }
  return {
    labels,
    examples,
    stages: Array.from({ length: stages }, (_, index) => {
      const part = rest.slice(index * each, (index + 1) * each);
      return { learn: part.slice(0, stageSize.learn), score: part.slice(stageSize.learn) };
    }),
    fresh: random.stream(seed, `adaptft/${scenario.name}/fresh`).shuffle(fresh).slice(0, scenario.freshLimit),
  };
}
