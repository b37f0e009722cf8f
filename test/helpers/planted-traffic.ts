import type { Workspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { digest } from '../../shared/domain/base/ids.ts';
import type { Output } from '../../shared/domain/base/output.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import type { JudgeIdentity } from '../../shared/domain/traces/judgement.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import { type LabelledLine, type Sample, samples } from './made-up-traffic.ts';
import { labelOrNull } from './outputs.ts';
import { bytesOf, championOf, modelId } from './test-workspace.ts';

/** Two labels for one and the same kind of text: which one is right is a coin's toss. */
export const ambiguousLabels = ['billing', 'invoice'] as const;

/** A second form of the label `account` in the label set, which no example of the first checkpoint has. */
export const doubledLabel = 'Accounts';

/** Texts of a label; drifted ones have words that the first checkpoint has never seen. */
export function textsOf(label: string, count: number, options: { drifted: boolean }, random: RandomStream): Sample[] {
  return samples(3 * count, options.drifted ? 1 : 0, random).filter((sample) => sample.output === label);
}

/** Texts about bills, labelled by the toss of a coin. */
export function ambiguousTexts(count: number, random: RandomStream): Sample[] {
  const words = { refund: 'bill', delivery: 'charge', account: 'receipt' };
  return samples(count, 0, random).map(({ input }) => ({
    input: `${Object.values(words)[random.below(3)] ?? ''} amount due ${input.split(' ').filter(isFiller).join(' ')}`,
    output: ambiguousLabels[random.below(2)] ?? '',
  }));
}

/** Fillers of made-up texts are two syllables and an n. */
function isFiller(word: string): boolean {
  return /^(?:[a-z][aeiou]){2}n$/.test(word);
}

/** A model of six labels, whose first checkpoint knows the words of before the drift. */
export function createPlantedModel(workspace: Workspace): Promise<void> {
  const random = workspace.ports.random.stream(1, 'training');
  return createModelOf([...samples(90, 0, random), ...ambiguousTexts(40, random)], workspace, {
    labels: [...ambiguousLabels, doubledLabel],
  });
}

/** A model whose first checkpoint has learnt the examples, without a foundation; one iteration a run. */
export async function createModelOf(
  examples: readonly Sample[],
  workspace: Workspace,
  options: { labels?: readonly string[]; backEnd?: string; settings?: Partial<Settings> } = {},
): Promise<void> {
  const { backEnd = 'embedded' } = options;
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: options.labels ?? [],
      examples: bytesOf(examples),
      backEnds: { ...defaultBackEnds, trainer: backEnd, predictor: backEnd },
      trainerOptions: { foundation: 'none' },
      settings: { maxIterations: 1, ...options.settings },
      seed: 1,
      by: 'test',
    },
    workspace.ports,
  );
}

/** The workspace with a champion that also fails by chance: by the hash of an input, whatever it says. */
export async function withUnluckyChampion(
  workspace: Workspace,
  options: { from: string; to: string; rate: number },
): Promise<Workspace> {
  const champion = await championOf(workspace);
  const predictor = workspace.ports.predictors.get(champion.served.predictor);
  if (predictor === undefined) throw new Error('no predictor');
  const unlucky: Predictor = {
    ...predictor,
    async predict(served, inputs, predictOptions) {
      const answers = await predictor.predict(served, inputs, predictOptions);
      if (served.ref !== champion.served.ref) return answers;
      return answers.map((answer, at) => {
        if (labelOrNull(answer.output) !== options.from || chance(inputs[at] ?? '') >= options.rate) return answer;
        const swapped = (output: Output) => (labelOf(output) === options.from ? labelOutput(options.to) : output);
        return {
          ...answer,
          output: labelOutput(options.to),
          alternatives: answer.alternatives.map((other) => ({ ...other, output: swapped(other.output) })),
        };
      });
    },
  };
  const predictors = new Map([...workspace.ports.predictors, [predictor.name, unlucky]]);
  return { ...workspace, ports: { ...workspace.ports, predictors } };
}

/** Uniform in [0, 1), by the text alone. */
export function chance(text: string, salt = ''): number {
  return Number.parseInt(digest('chance', salt, text).slice(0, 8), 16) / 16 ** 8;
}

/** Traces of a time before any model answered: what is right is known, what was answered is not. */
export function judgedInputs(traffic: readonly Sample[], prefix: string, judge: JudgeIdentity['kind']): LabelledLine[] {
  return traffic.map(({ input, output }, index) => ({
    traceId: `${prefix}-${String(index).padStart(5, '0')}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    modelId,
    input,
    output: null,
    verdict: 'fail',
    expected: output,
    judge: { kind: judge, id: 'judge', reason: '' },
  }));
}
