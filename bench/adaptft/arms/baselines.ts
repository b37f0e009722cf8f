import type { Random } from '../../../shared/ports/random.ts';
import type { StagedLog } from '../logs/staged-log.ts';
import type { Answer } from '../logs/trace-line.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import { textOf } from '../perturbations/edited.ts';
import type { TextRules } from '../perturbations/text-rules.ts';
import { randomEdit } from './random-edit.ts';
import type { ArmName } from './unit-result.ts';

/** A log with the answer of the model that served it. */
export interface ServedLog {
  readonly log: StagedLog;
  readonly answer: Answer;
}

export interface BaselineMaterial {
  /** What the first checkpoint was trained on. */
  readonly examples: readonly Labelled[];
  /** Logs of the stages so far, the newest last. */
  readonly stages: readonly (readonly ServedLog[])[];
  readonly rules: TextRules;
  readonly seed: number;
  readonly random: Random;
}

/** What an arm trains its next model on; null leaves the one that serves. */
export type Baseline = (material: BaselineMaterial) => readonly Labelled[] | null;

/**
 * The paper's naive retraining: the newest stage alone, nothing filtered. Some failures on noisy inputs were never
 * corrected, and where the judge knew no right output the model's own stands.
 */
const naive: Baseline = ({ stages, rules }) =>
  (stages.at(-1) ?? []).flatMap(({ log, answer }) => {
    if (log.timedOut) return [];
    const failed = log.expected !== null && rules.kind.key(answer.output) !== rules.kind.key(log.expected);
    const noisy = log.truth.class === 'fixable' || log.truth.class === 'hard';
    const left = log.expected === null || (failed && noisy && log.truth.naiveLeavesUncorrected);
    const output = left ? answer.output : log.expected;
    return output === null ? [] : [{ input: log.input, output }];
  });

/** What a user would do first: everything judged so far, as it was judged. */
const all: Baseline = ({ examples, stages }) => [...examples, ...stages.flat().flatMap(({ log }) => asJudged(log))];

/** The same with an oracle that leaves all poison out. */
const cleanOnly: Baseline = ({ examples, stages }) => [
  ...examples,
  ...stages.flat().flatMap(({ log }) => (log.truth.class === 'poison' ? [] : asJudged(log))),
];

/**
 * As many examples as `all`, but half of them drawn at random from it and the others random edits of these: more text,
 * nothing aimed.
 */
const randomAugmentation: Baseline = (material) => {
  const judged = all(material) ?? [];
  const random = material.random.stream(material.seed, `adaptft/augment/${material.stages.length}`);
  const drawn = random.shuffle(judged).slice(0, Math.ceil(judged.length / 2));
  const edited = drawn.slice(0, judged.length - drawn.length).map((item) => {
    const edited = randomEdit(item.input, random);
    const output = material.rules.carry(item.output, item.input, edited);
    // What is said of an input is not to be lost: it comes unchanged then.
    return output === null ? item : { input: textOf(edited), output };
  });
  return [...drawn, ...edited];
};

function asJudged(log: StagedLog): Labelled[] {
  return log.expected === null ? [] : [{ input: log.input, output: log.expected }];
}

export const baselines: Readonly<Partial<Record<ArmName, Baseline>>> = {
  naive,
  all,
  'clean-only': cleanOnly,
  'random-augmentation': randomAugmentation,
  frozen: () => null,
};
