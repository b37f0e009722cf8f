import type { Foundation } from '../../../shared/adapters/backends/embedded/embedded-configuration.ts';
import type { Random } from '../../../shared/ports/random.ts';
import type { Judging } from '../logs/judging.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import type { BenchTask } from '../tasks/bench-task.ts';
import { labelTask } from '../tasks/label-task.ts';
import type { SchemaDrift } from './schema-drift.ts';

/** Inputs of a stage to learn from, and beside them those that only score. */
export interface StageSize {
  readonly learn: number;
  readonly score: number;
}
/** Of every scenario that does not say otherwise. */
export const stageSize: StageSize = { learn: 500, score: 150 };
const stages = 4;

/** A task with its data, ready to be dealt out. */
export interface Material {
  /** Labels, or types of entities. */
  readonly labels: readonly string[];
  /** Inputs for the first examples and the stages. */
  readonly pool: readonly Labelled[];
  /** Inputs of a split of their own, that no part of the protocol but the last scores sees. */
  readonly fresh: readonly Labelled[];
  /** Where the first examples come from, when it is not the pool at large. */
  readonly first?: (item: Labelled) => boolean;
  /** Inputs of another product, with labels that the model does not know. */
  readonly others?: readonly Labelled[];
  /** What there are so many first examples of, where it is not an output. */
  readonly groupOf?: (item: Labelled) => string;
}

export interface Scenario {
  readonly name: string;
  /** What is hard about it, for the report. */
  readonly about: string;
  /** Labels, unless it says otherwise. */
  readonly task?: BenchTask;
  readonly foundation: Foundation;
  /** Examples a label, or a group of the material's own, of the first checkpoint. */
  readonly examplesPerLabel: number;
  /** Most inputs of the fresh set. */
  readonly freshLimit: number;
  readonly stageSize?: StageSize;
  /** Share of each stage's inputs to learn from that are another product's; none without it. */
  readonly othersShare?: number;
  /** What is judged and how wrongly, where it is not all, by the share of poison. */
  readonly judging?: Judging;
  /** How the labels change from stage to stage; they stay without it. @param atoms the labels of the material */
  readonly drift?: (atoms: readonly string[], seed: number, random: Random) => SchemaDrift;
  load(data: string, seed: number, random: Random): Promise<Material>;
}

export function taskOf({ task }: Scenario): BenchTask {
  return task ?? labelTask;
}

/** A scenario dealt out for one seed. No input is in two parts. */
export interface Draw {
  readonly labels: readonly string[];
  readonly examples: readonly Labelled[];
  readonly stages: readonly { readonly learn: readonly Labelled[]; readonly score: readonly Labelled[] }[];
  readonly fresh: readonly Labelled[];
}

/** Deals the material out: so many first examples of each label, then the stages, in the pool's natural mix. */
export function deal(scenario: Scenario, material: Material, seed: number, random: Random): Draw {
  const { kind } = taskOf(scenario);
  const { labels, pool, fresh, first, others = [], groupOf = ({ output }) => kind.key(output) } = material;
  const examples: Labelled[] = [];
  const rest: Labelled[] = [];
  const taken = new Map<string, number>();
  for (const item of random.stream(seed, `adaptft/${scenario.name}/deal`).shuffle(pool)) {
    const group = groupOf(item);
    const before = taken.get(group) ?? 0;
    if (before < scenario.examplesPerLabel && first?.(item) !== false) {
      taken.set(group, before + 1);
      examples.push(item);
    } else rest.push(item);
  }
  const { learn, score } = scenario.stageSize ?? stageSize;
  const foreign = Math.round(learn * (scenario.othersShare ?? 0));
  const own = learn - foreign;
  const each = own + score;
  if (rest.length < stages * each || others.length < stages * foreign) {
    const [has, needs] = [`${rest.length} + ${others.length}`, `${stages * each} + ${stages * foreign}`];
    throw new Error(`${scenario.name} has ${has} inputs for its stages, and needs ${needs}`);
  }
  const strangers = random.stream(seed, `adaptft/${scenario.name}/others`).shuffle(others);
  return {
    labels,
    examples,
    stages: Array.from({ length: stages }, (_, index) => {
      const part = rest.slice(index * each, (index + 1) * each);
      const mixed = [...part.slice(0, own), ...strangers.slice(index * foreign, (index + 1) * foreign)];
      return {
        learn: foreign === 0 ? mixed : random.stream(seed, `adaptft/${scenario.name}/mix/${index}`).shuffle(mixed),
        score: part.slice(own),
      };
    }),
    fresh: random.stream(seed, `adaptft/${scenario.name}/fresh`).shuffle(fresh).slice(0, scenario.freshLimit),
  };
}
