import { z } from 'zod';

/** How the vectors of a text's tokens become one. */
export const poolings = ['mean', 'cls'] as const;

/** In which numbers an encoder computes, as the model's authors name its files. */
export const variants = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'bnb4', 'q4f16'] as const;

/** What a person may choose of a sentence encoder; what is left out is as its folder says. */
export const encoderChoiceSchema = z.object({
  variant: z.enum(variants).exactOptional(),
  pooling: z.enum(poolings).exactOptional(),
  /** Stands before every text, such as `query: `. */
  prompt: z.string().max(1_000).exactOptional(),
});
export type EncoderChoice = z.infer<typeof encoderChoiceSchema>;

/** A sentence encoder of one's own as a model pins it: what it computes with, and a digest of all of it. */
export const encoderSchema = z.strictObject({
  variant: z.enum(variants),
  pooling: z.enum(poolings),
  prompt: z.string().max(1_000),
  /** A longer text is cut. */
  maxTokens: z.int().min(1).max(100_000),
  /** Floats of an embedding. */
  width: z.int().min(1).max(65_536),
  /** SHA-256, hex, of its files and of what is chosen here. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Encoder = z.infer<typeof encoderSchema>;

/** What embeds texts: a foundation's name, with the encoder where it is one of one's own. */
export interface Embedding {
  readonly foundation: string;
  readonly encoder?: Encoder;
}

/** What embeddings hang on: those of equal keys are of one kind. */
export function embeddingKey({ foundation, encoder }: Embedding): string {
  return encoder === undefined ? foundation : encoder.digest;
}

/** An encoder whose folder was found and holds what it should. */
export interface LocatedEncoder extends Omit<Encoder, 'width' | 'digest'> {
  readonly directory: string;
}
