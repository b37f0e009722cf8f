import type { Random } from '../../../shared/ports/random.ts';
import { labelOf, labelOutput } from '../../../shared/tasks/classification/label.ts';
import type { JudgeName } from '../logs/judge.ts';
import { judgeAnew } from '../logs/judging.ts';
import { makeStage, paperStages, type Stage } from '../logs/make-stage.ts';
import type { StagedLog } from '../logs/staged-log.ts';
import { Corpus, type Labelled } from '../perturbations/corpus.ts';
import { perturb } from '../perturbations/perturb.ts';
import { type Draw, deal, type Scenario, taskOf } from '../scenarios/scenario.ts';
import type { SchemaDrift } from '../scenarios/schema-drift.ts';

/** An input that scores, with its right output. */
export interface ScoreItem extends Labelled {
  /** Whether anything was done to it. */
  readonly noisy: boolean;
}

/**
 * All that an arm meets and is measured on: the same for every arm of a scenario, seed and judge, texts apart from what
 * models answer.
 */
export interface Prepared {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Labels and first examples are those of the beginning. */
  readonly draw: Draw;
  /** How labels change from stage to stage; absent where they stay. What scores has the finest labels then. */
  readonly drift?: SchemaDrift;
  readonly stages: readonly (readonly StagedLog[])[];
  /** Fresh inputs as they are, and the same inputs each with one perturbation at least, none of them poison. */
  readonly clean: readonly ScoreItem[];
  readonly noisy: readonly ScoreItem[];
  /**
   * Test part of each stage, without its poison, which has no right answer; their union is the paper's evaluation set.
   */
  readonly parts: readonly (readonly ScoreItem[])[];
}

/** Deals a scenario out for a seed and makes its logs for a judge. Inputs that score are never in the logs. */
export async function prepare(
  scenario: Scenario,
  seed: number,
  judge: JudgeName,
  data: string,
  random: Random,
): Promise<Prepared> {
  const task = taskOf(scenario);
  const material = await scenario.load(data, seed, random);
  const draw = deal(scenario, material, seed, random);
  const own: Random = { stream: (each, name) => random.stream(each, `${scenario.name}/${name}`) };
  const drift = scenario.drift?.(draw.labels, seed, random);
  const named = (items: readonly Labelled[], stage: number): readonly Labelled[] =>
    drift === undefined
      ? items
      : items.map((item) => ({ ...item, output: labelOutput(drift.nameAt(labelOf(item.output), stage)) }));
  const labelsOf = (stage: number) => drift?.labelsAt(stage) ?? draw.labels;
  const corpus = new Corpus(draw.examples, draw.labels, task);
  const others = [...new Set(material.others?.flatMap(({ output }) => task.kind.facets(output)))].sort();
  const wrongOutputsOf = (labels: readonly string[]) => task.wrongOutputs(judge, labels, seed, own, others);
  const logged = (stage: Stage) => {
    const wrongOutput = wrongOutputsOf(labelsOf(stage.index));
    const hosts = named(draw.stages[stage.index]?.learn ?? [], stage.index);
    const quotable = new Corpus(named(draw.examples, stage.index), labelsOf(stage.index), task);
    const made = makeStage({ stage, hosts, corpus: quotable, wrongOutput, seed, random: own });
    const judging = { logs: made, stage: stage.name, wrongOutput, kind: task.kind, seed, random: own };
    return judgeAnew(scenario.judging ?? {}, judging);
  };
  // What scores keeps its finest labels: what is right hangs on when it is asked.
  const scored = (stage: Stage, hosts: readonly Labelled[]) =>
    makeStage({ stage, hosts, corpus, wrongOutput: wrongOutputsOf(draw.labels), seed, random: own });
  return {
    scenario,
    seed,
    draw: { ...draw, labels: labelsOf(0), examples: named(draw.examples, 0) },
    ...(drift === undefined ? {} : { drift }),
    stages: paperStages.map(logged),
    clean: draw.fresh.map((item) => ({ ...item, noisy: false })),
    noisy: draw.fresh.map((item, index) => noisyVersion(item, index, corpus, seed, own)),
    parts: paperStages.map((stage) =>
      scored({ ...stage, name: `${stage.name}-score` }, draw.stages[stage.index]?.score ?? []).flatMap(
        ({ input, timedOut, truth }) =>
          truth.class === 'poison' || truth.right === null || truth.repeats !== null || timedOut
            ? []
            : [{ input, output: truth.right, noisy: truth.class !== 'clean' }],
      ),
    ),
  };
}

/** Rolls until something comes up. */
function noisyVersion(item: Labelled, index: number, corpus: Corpus, seed: number, random: Random): ScoreItem {
  for (let roll = 0; ; roll += 1) {
    const streams = (name: string) => random.stream(seed, `adaptft/fresh/${index}/${roll}/${name}`);
    const perturbed = perturb(item, { poison: 0, noise: 1 }, corpus, streams);
    const { input, kinds, right } = perturbed;
    if (kinds.length > 0 && right !== null) return { input, output: right, noisy: true };
  }
}
