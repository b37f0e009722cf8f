import type { HeadArtifact } from '../artifact.ts';
import type { OnnxConstant, OnnxGraph } from './onnx-file.ts';

/**
 * A head as an ONNX graph: MatMul, Add, Div and Softmax. Input: `features` [batch, columns], the TF-IDF weights of all
 * n-grams by id, then the embedding times 2. Output: `probabilities` [batch, classes].
 * @param joins the class of the output that each class of the artifact belongs to, whose probabilities add up by another
 * MatMul; left out where each is one
 */
export function headGraph(artifact: HeadArtifact, joins?: readonly number[]): OnnxGraph {
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
  const ofClasses = joins === undefined ? 'probabilities' : 'ofClasses';
  return {
    inputs: [{ name: 'features', type: 'float32', shape: ['batch', 'columns'] }],
    output: { name: 'probabilities', type: 'float32', shape: ['batch', 'classes'] },
    constants: [
      { name: 'weights', shape: [sparseFeatures + denseWidth, classes], values: weights },
      { name: 'bias', shape: [classes], values: bias },
      { name: 'temperature', shape: [1], values: Float32Array.of(header.temperature) },
      ...(joins === undefined ? [] : [joinsMatrix(joins)]),
    ],
    nodes: [
      { operator: 'MatMul', inputs: ['features', 'weights'], outputs: ['products'] },
      { operator: 'Add', inputs: ['products', 'bias'], outputs: ['scores'] },
      { operator: 'Div', inputs: ['scores', 'temperature'], outputs: ['scaled'] },
      { operator: 'Softmax', inputs: ['scaled'], outputs: [ofClasses], integers: { axis: 1 } },
      ...(joins === undefined
        ? []
        : [{ operator: 'MatMul', inputs: [ofClasses, 'joins'], outputs: ['probabilities'] }]),
    ],
  };
}

/** 1 where a class of the artifact, a row, belongs to a class of the output, a column. */
function joinsMatrix(joins: readonly number[]): OnnxConstant {
  const columns = Math.max(...joins) + 1;
  const values = new Float32Array(joins.length * columns);
  joins.forEach((column, row) => {
    values[row * columns + column] = 1;
  });
  return { name: 'joins', shape: [joins.length, columns], values };
}
