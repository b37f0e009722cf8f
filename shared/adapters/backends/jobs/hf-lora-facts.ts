import { z } from 'zod';
import { canonicalJson } from '../../../domain/base/ids.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { generation } from '../../../tasks/generation/generation.ts';

/** The name of the back end in jobs. */
export const hfLoraBackEnd = 'hf-lora';

/** What a model may choose of its configurations: where the search begins. */
const hfLoraOptionsSchema = z.object({
  /** A decoder: a directory, or a name of the Hugging Face hub. */
  foundation: z.string().min(1).default('HuggingFaceTB/SmolLM2-135M-Instruct'),
  /** Passes over the data. */
  epochs: z.int().min(1).max(1000).default(3),
  batchSize: z.int().min(1).max(512).default(8),
  /** Learning rate of the low-rank changes, at its highest. */
  rate: z.number().positive().default(5e-4),
  /** Of the low-rank changes. */
  rank: z.int().min(1).max(256).default(16),
  /** Tokens of question and answer together; a longer text is cut. */
  maxTokens: z.int().min(64).max(32_768).default(512),
  /** Tokens of an answer that is written freely; at most half of `maxTokens`. */
  maxNewTokens: z.int().min(1).max(16_384).default(256),
});

const hfLoraConfigurationSchema = z.strictObject(hfLoraOptionsSchema.shape);
type HfLoraConfiguration = z.infer<typeof hfLoraConfigurationSchema>;

/** What a trainer of decoders by low-rank changes says of itself, wherever its jobs run. */
export const hfLoraFacts: Omit<Trainer, 'start' | 'advance' | 'name' | 'predictors'> = {
  tasks: [classification.kind, generation.kind],
  cost: 'dear',
  foldModels: 1,
  configuration: hfLoraConfigurationSchema,
  options: hfLoraOptionsSchema,
  first: ({ options }) => [hfLoraOptionsSchema.parse(options)],
  neighbours: (from) => neighboursOf(hfLoraConfigurationSchema.parse(from)),
  learnsFromChampion: () => false,
  passes: (configuration) => hfLoraConfigurationSchema.parse(configuration).epochs,
};

function neighboursOf(from: HfLoraConfiguration): readonly HfLoraConfiguration[] {
  const changes: readonly Partial<HfLoraConfiguration>[] = [
    { rate: from.rate * 2 },
    { epochs: Math.min(1000, from.epochs * 2) },
    { rank: Math.min(256, from.rank * 2) },
    { rate: from.rate / 2 },
  ];
  const unique = new Map(changes.map((change) => [canonicalJson({ ...from, ...change }), { ...from, ...change }]));
  unique.delete(canonicalJson(from));
  return [...unique.values()];
}
