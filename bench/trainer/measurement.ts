import { z } from 'zod';

export const featureSetSchema = z.enum(['n-grams', 'n-grams+use-lite']);
export type FeatureSet = z.infer<typeof featureSetSchema>;

/** What trains: Ratchet's embedded trainer, or an estimator of scikit-learn. */
export const methodSchema = z.enum([
  'ratchet',
  'linear-svc',
  'linear-svc-threads',
  'logistic-regression',
  'calibrated-sigmoid',
  'calibrated-temperature',
]);
export type Method = z.infer<typeof methodSchema>;

/** The work of one process, read by it from a file. */
export const taskSchema = z.object({
  /** JSON: labels, and train and test as texts with their labels. */
  corpusFile: z.string(),
  /** Rows of float32, train then test; null for n-grams alone. */
  embeddingsFile: z.string().nullable(),
  features: featureSetSchema,
  method: methodSchema,
  seed: z.int(),
  /** Inverse L2 strength of logistic regression: that of Ratchet's default configuration. */
  c: z.number(),
  /** How many texts are predicted while the clock runs. */
  predictions: z.int(),
  /** Where the answers to the test texts go. */
  answersFile: z.string(),
});
export type Task = z.infer<typeof taskSchema>;

/** What a process writes to stdout, a line of JSON. Seconds are of this process and its threads. */
export const measuredSchema = z.object({
  /** Columns of the feature matrix. */
  featureCount: z.int(),
  trainSeconds: z.number(),
  trainCpuSeconds: z.number(),
  predictSeconds: z.number(),
  predictCpuSeconds: z.number(),
  predictions: z.int(),
  peakMiB: z.number(),
});
export type Measured = z.infer<typeof measuredSchema>;

/** Answers to the test texts in their order: a label, and its probability where there is one. */
export const answersSchema = z.object({
  labels: z.array(z.string()),
  confidences: z.array(z.number()).nullable(),
});
export type Answers = z.infer<typeof answersSchema>;

export const corpusFileSchema = z.object({
  labels: z.array(z.string()),
  train: z.array(z.object({ text: z.string(), label: z.string() })),
  test: z.array(z.object({ text: z.string(), label: z.string() })),
});

export const trainingSchema = measuredSchema.extend({
  corpus: z.string(),
  features: featureSetSchema,
  method: methodSchema,
  seed: z.int(),
  train: z.int(),
  test: z.int(),
  labels: z.int(),
  accuracy: z.number(),
  /** Expected calibration error; null where there are no probabilities. */
  calibrationError: z.number().nullable(),
  /** Positions of the test texts answered wrongly. */
  wrong: z.array(z.int()),
  /** Load average of the machine over the minute before. */
  load: z.number(),
});
export type Training = z.infer<typeof trainingSchema>;

export const embeddingSchema = z.object({
  corpus: z.string(),
  texts: z.int(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMiB: z.number(),
  load: z.number(),
});
export type Embedding = z.infer<typeof embeddingSchema>;
