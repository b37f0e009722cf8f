import { z } from 'zod';
import { canonicalJson } from '../../../domain/base/ids.ts';
import type { TaskSpec } from '../../../domain/base/task-spec.ts';
import type { Configuration } from '../../../domain/models/configuration.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { classificationSpecSchema } from '../../../tasks/classification/classification-spec.ts';
import { generation } from '../../../tasks/generation/generation.ts';
import { mostAnswersUsd, mostTrainingUsd } from './decoder-cost.ts';

/** The name of the back end in jobs. */
export const tinkerBackEnd = 'tinker';

/** What a model may choose of its configurations: where the search begins. */
const tinkerOptionsSchema = z.object({
  /** A base model that Tinker offers when it is trained. */
  foundation: z.string().min(1).default('meta-llama/Llama-3.2-3B'),
  /** What turns texts to tokens: a directory, or a name of the Hugging Face hub; the foundation's own where it is empty. */
  tokenizer: z.string().default(''),
  /** Passes over the data. */
  epochs: z.int().min(1).max(1000).default(3),
  batchSize: z.int().min(1).max(512).default(16),
  /** Learning rate of the low-rank changes, at its highest. */
  rate: z.number().positive().default(2e-4),
  /** Of the low-rank changes. */
  rank: z.int().min(1).max(256).default(32),
  /** Tokens of question and answer together; a longer text is cut. */
  maxTokens: z.int().min(64).max(262_144).default(2_048),
  /** Tokens of an answer that is written freely; at most half of `maxTokens`. */
  maxNewTokens: z.int().min(1).max(131_072).default(512),
  /** Whether the adapter's files come into the artifact, where the server gives them. */
  archive: z.boolean().default(true),
  /** Whether the states that an interrupted training goes on from stay on the server when it is done; they end after a week. */
  keepStates: z.boolean().default(false),
  /** How long the server keeps what answers, in days; for ever where it is 0. A checkpoint answers no longer than that. */
  keepDays: z.int().min(0).max(3_650).default(0),
  /** Price of a million tokens that are trained, in US dollars; 0 where it is not known. */
  usdPerMillionTokens: z.number().min(0).default(0),
  /** The same of a million tokens of questions, and of labels that are asked for. */
  usdPerMillionPrefilled: z.number().min(0).default(0),
  /** The same of a million tokens that are written. */
  usdPerMillionSampled: z.number().min(0).default(0),
});

const tinkerConfigurationSchema = z.strictObject(tinkerOptionsSchema.shape);
type TinkerConfiguration = z.infer<typeof tinkerConfigurationSchema>;

/** What a trainer says of itself that has Tinker train decoders by low-rank changes. */
export const tinkerFacts: Omit<Trainer, 'start' | 'advance' | 'name' | 'predictors'> = {
  tasks: [classification.kind, generation.kind],
  cost: 'dear',
  foldModels: 1,
  configuration: tinkerConfigurationSchema,
  options: tinkerOptionsSchema,
  first: ({ options }) => [tinkerOptionsSchema.parse(options)],
  neighbours: (from) => neighboursOf(tinkerConfigurationSchema.parse(from)),
  learnsFromChampion: () => false,
  byToken: {
    mostTraining: (configuration, task, size) =>
      mostTrainingUsd(tinkerConfigurationSchema.parse(configuration), labelsOf(task), size),
    mostAnswers: (configuration, task, inputs) =>
      mostAnswersUsd({ ...tinkerConfigurationSchema.parse(configuration), labels: labelsOf(task) }, inputs),
  },
  passes: (configuration) => tinkerConfigurationSchema.parse(configuration).epochs,
};

/** Whether answers of what was trained so are paid for, as far as is known here. */
export function isPaidByToken(configuration: Configuration): boolean {
  const { usdPerMillionPrefilled, usdPerMillionSampled } = tinkerOptionsSchema.parse(configuration);
  return usdPerMillionPrefilled > 0 || usdPerMillionSampled > 0;
}

function labelsOf(task: TaskSpec): readonly string[] | null {
  return task.kind === classification.kind ? classificationSpecSchema.parse(task).labels : null;
}

function neighboursOf(from: TinkerConfiguration): readonly TinkerConfiguration[] {
  const changes: readonly Partial<TinkerConfiguration>[] = [
    { rate: from.rate * 2 },
    { rank: Math.min(256, from.rank * 2) },
    { epochs: Math.min(1000, from.epochs * 2) },
    { rate: from.rate / 2 },
  ];
  const unique = new Map(changes.map((change) => [canonicalJson({ ...from, ...change }), { ...from, ...change }]));
  unique.delete(canonicalJson(from));
  return [...unique.values()];
}
