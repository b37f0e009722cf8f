import { z } from 'zod';
import { canonicalJson } from '../../../domain/base/ids.ts';
import type { SearchContext, Trainer } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { extraction } from '../../../tasks/extraction/extraction.ts';

/** The name of the back end in jobs. */
export const gliner2BackEnd = 'gliner2';

/** What a model may choose of its configurations: where the search begins. */
const gliner2OptionsSchema = z.object({
  /**
   * What training starts from: a directory with a GLiNER2 or an encoder of BERT's kind, else a name of the Hugging Face hub.
   */
  foundation: z.string().min(1).default('fastino/gliner2-base-v1'),
  /** Whether all weights are trained, or low-rank changes of the encoder's and the whole of the task's own head. */
  method: z.enum(['full', 'lora']).default('full'),
  /** Passes over the data. */
  epochs: z.int().min(1).max(1000).default(10),
  batchSize: z.int().min(1).max(512).default(8),
  /** Learning rate of the encoder, at its highest; low-rank changes are trained ten times as fast. */
  encoderRate: z.number().positive().default(3e-5),
  /** Learning rate of what stands on the encoder, at its highest. */
  headRate: z.number().positive().default(5e-4),
});

/** Everything but data and seed that determines a checkpoint of GLiNER2. */
export const gliner2ConfigurationSchema = z.strictObject({
  ...gliner2OptionsSchema.shape,
  /** Of the low-rank changes; nothing where all is trained. */
  rank: z.int().min(1).max(256),
  /** Entities less probable than this are left out, a fraction; nothing for classification. */
  threshold: z.number().min(0).max(1),
});
type Gliner2Configuration = z.infer<typeof gliner2ConfigurationSchema>;

/** What a trainer of GLiNER2 says of itself, wherever its jobs run. */
export const gliner2Facts: Omit<Trainer, 'start' | 'advance' | 'name' | 'predictors'> = {
  tasks: [classification.kind, extraction.kind],
  cost: 'dear',
  foldModels: 2,
  configuration: gliner2ConfigurationSchema,
  options: gliner2OptionsSchema,
  first: ({ options }) => [{ ...gliner2OptionsSchema.parse(options), rank: 16, threshold: 0.5 }],
  neighbours: (from, context) => neighboursOf(gliner2ConfigurationSchema.parse(from), context),
  learnsFromChampion: () => false,
  passes: (configuration) => gliner2ConfigurationSchema.parse(configuration).epochs,
};

function neighboursOf(
  from: Gliner2Configuration,
  { overPredicts = false }: Pick<SearchContext, 'overPredicts'>,
): readonly Gliner2Configuration[] {
  const changes: readonly Partial<Gliner2Configuration>[] = [
    ...(overPredicts ? [{ threshold: Math.min(0.9, from.threshold + 0.2) }] : []),
    { encoderRate: from.encoderRate * 3, headRate: from.headRate * 2 },
    { epochs: Math.min(1000, from.epochs * 2) },
    { encoderRate: from.encoderRate / 3 },
    ...(from.method === 'lora' ? [{ rank: Math.min(256, from.rank * 2) }] : []),
  ];
  const unique = new Map(changes.map((change) => [canonicalJson({ ...from, ...change }), { ...from, ...change }]));
  unique.delete(canonicalJson(from));
  return [...unique.values()];
}
