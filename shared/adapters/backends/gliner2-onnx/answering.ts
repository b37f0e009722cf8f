import type { Prediction } from '../../../ports/predictor.ts';

/** The answer to one input, naming so many alternatives at most where the task has any. */
export type Answering = (input: string, alternatives: number) => Promise<Prediction>;

/** The answer to an input in which nothing shows. */
export const noAnswer: Prediction = { output: null, confidence: 0, alternatives: [] };
