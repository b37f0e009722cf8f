import { z } from 'zod';
import { encoderChoiceSchema, encoderSchema } from './foundations/encoder.ts';
import { isOwnFoundation } from './foundations/foundation-name.ts';

/** Foundations that need no download: USE-Lite, or n-grams alone. */
export const builtInFoundationSchema = z.enum(['use-lite', 'none']);

/** What training starts from: what Ratchet brings along, or a sentence encoder of one's own. */
export const foundationSchema = z.string().max(1_000).refine(isFoundation, {
  error: 'is none of use-lite, none, hf:NAME (a model of the Hugging Face hub) and a folder that is there',
});
export type Foundation = z.infer<typeof foundationSchema>;

function isFoundation(name: string): boolean {
  return builtInFoundationSchema.safeParse(name).success || isOwnFoundation(name);
}

/** The part of a configuration that a model may fix; read out of a whole configuration, it is that configuration's. */
export const embeddedOptionsSchema = z.object({
  foundation: foundationSchema.default('use-lite'),
  /** Of the foundation, where it is an encoder of one's own; made when the model is. */
  encoder: encoderSchema.exactOptional(),
});
export type EmbeddedOptions = z.infer<typeof embeddedOptionsSchema>;

/** What a person may say when a model is made; what is chosen of the encoder then stands in `encoder`. */
export const embeddedChoicesSchema = z.object({ ...embeddedOptionsSchema.shape, ...encoderChoiceSchema.shape });

/** Everything but the data and the seed that determines a checkpoint of the embedded trainer. */
export const embeddedConfigurationSchema = z.strictObject({
  ...embeddedOptionsSchema.shape,
  foundation: foundationSchema,
  /** Passes over the data; a trainer may end sooner, when they no longer change anything. */
  epochs: z.int().min(1).max(1000),
  /**
   * Initial learning rate of trainers that descend a gradient. The embedded trainer has no step size and does not read
   * it.
   */
  learningRate: z.number().positive(),
  /**
   * L2 strength: the loss is Σ sample weight · cross-entropy + (l2 / 2) · |weights|², so it is the inverse of
   * scikit-learn's C and need not change with the amount of data. The embedded trainer takes at least 0.0001.
   */
  l2: z.number().nonnegative(),
  /**
   * Weight of the champion's probabilities against the labels, on what the champion gets right; 0 switches distillation
   * off.
   */
  distillation: z.number().min(0).max(1),
  /**
   * The champion's part in the weights: what is trained is averaged with it, (1 − interpolation) to interpolation. 0
   * leaves it out.
   */
  interpolation: z.number().min(0).max(1).default(0),
  /**
   * Share of each example's weight that is learnt from its n-grams alone, without its embedding. Typing errors mislead
   * an embedding more than they do n-grams. Nothing is left out where there is no embedding.
   */
  embeddingDropout: z.number().min(0).max(0.5).default(0),
  /** Scales a class's examples by (mean class weight / class weight) ** balance; 0 off, 1 fully balanced. */
  classBalance: z.number().min(0).max(1),
});
export type EmbeddedConfiguration = z.infer<typeof embeddedConfigurationSchema>;

/** Whether training needs the champion, which then is part of what determines the checkpoint. */
export function learnsFromChampion({ distillation, interpolation }: EmbeddedConfiguration): boolean {
  return distillation > 0 || interpolation > 0;
}
