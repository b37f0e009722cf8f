import type { Predictor } from '../../../ports/predictor.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { extraction } from '../../../tasks/extraction/extraction.ts';

/** The name of the predictor; a model that names it has its checkpoints written as ONNX too. */
export const gliner2OnnxPredictor = 'gliner2-onnx';

/** What the predictor says of itself without being loaded. */
export const gliner2OnnxFacts: Omit<Predictor, 'predict'> = {
  name: gliner2OnnxPredictor,
  tasks: [classification.kind, extraction.kind],
  ranked: true,
  chunk: 500,
};
