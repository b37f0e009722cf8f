import type { HeadArtifact } from '../artifact.ts';
import type { OnnxGraph } from './onnx-file.ts';

/**
 * A head as an ONNX graph: MatMul, Add, Div and Softmax. Input: `features` [batch, columns], the TF-IDF weights of all
 * n-grams by id, then the embedding times 2. Output: `probabilities` [batch, classes].
 */
export function headGraph(artifact: HeadArtifact): OnnxGraph {
  const { header, sparseScales, sparseWeights, denseWeights } = artifact;
  const { sparseFeatures, denseWidth } = header;
  const classes = header.classes.length;
  const weights = new Float32Array((sparseFeatures + denseWidth) * classes);
  for (let row = 0; row < sparseFeatures; row += 1) {
    for (let column = 0; column < classes; column += 1) {
      const at = row * classes + column;
      weights[at] = (sparseScales[row] ?? 0) * (sparseWeights[at] ?? 0);
    }
  }
  weights.set(denseWeights.subarray(0, denseWidth * classes), sparseFeatures * classes);
  const bias = denseWeights.slice(denseWidth * classes);
  return {
    inputs: [{ name: 'features', type: 'float32', shape: ['batch', 'columns'] }],
    output: { name: 'probabilities', type: 'float32', shape: ['batch', 'classes'] },
    constants: [
      { name: 'weights', shape: [sparseFeatures + denseWidth, classes], values: weights },
      { name: 'bias', shape: [classes], values: bias },
      { name: 'temperature', shape: [1], values: Float32Array.of(header.temperature) },
    ],
    nodes: [
      { operator: 'MatMul', inputs: ['features', 'weights'], outputs: ['products'] },
      { operator: 'Add', inputs: ['products', 'bias'], outputs: ['scores'] },
      { operator: 'Div', inputs: ['scores', 'temperature'], outputs: ['scaled'] },
      { operator: 'Softmax', inputs: ['scaled'], outputs: ['probabilities'], integers: { axis: 1 } },
    ],
  };
}
