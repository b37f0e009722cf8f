import type { UseLiteWeights } from '../use-lite-weights.ts';
import type { OnnxConstant, OnnxGraph, OnnxNode } from './onnx-file.ts';

const vocabularyWidth = 256;
const width = 512;
const hiddenWidth = 1_536;
const maxTokens = 128;
const encode = 'module_apply_default/Encoder_en/KonaTransformer/Encode';

/**
 * USE-Lite as an ONNX graph, with the operators that ONNX Runtime is fastest with: LayerNormalization, and attention as
 * one fused operator of its own. Inputs: `ids` [batch, length], padded with 0, `lengths` [batch], and `shares` [batch,
 * 1, length], one over the length for tokens and 0 for padding. Output: `embedding` [batch, 512].
 */
export function useLiteGraph({ tensor }: UseLiteWeights): OnnxGraph {
  const constants: OnnxConstant[] = [];
  const nodes: OnnxNode[] = [];
  const constant = (name: string, shape: readonly number[], values: Float32Array | BigInt64Array): string => {
    constants.push({ name, shape, values });
    return name;
  };
  const apply = (operator: string, inputs: readonly string[], rest: Partial<OnnxNode> = {}): string => {
    const output = `${operator}-${nodes.length}`;
    nodes.push({ operator, inputs, outputs: [output], ...rest });
    return output;
  };
  const dense = (x: string, weights: string, bias: string, inputs: number, outputs: number): string => {
    const product = apply('MatMul', [x, constant(weights, [inputs, outputs], tensor(weights))]);
    return apply('Add', [product, constant(bias, [outputs], tensor(bias))]);
  };
  const norm = (x: string, path: string, size: number): string => {
    const [scale, bias] = ['scale', 'bias'].map(
      (part) => `${path}/layer_norm/layer_norm_${part}/ConcatPartitions/concat`,
    );
    const parameters = [scale, bias].map((name = '') => constant(name, [size], tensor(name)));
    return apply('LayerNormalization', [x, ...parameters], { floats: { epsilon: 1e-6 } });
  };
  const layerPath = (index: number): string => `${encode}/Layer_${index}/TransformerLayer`;
  const attention = (x: string, index: number, size: number): string => {
    const kernels = `module/Encoder_en/KonaTransformer/Encode/Layer_${index}/TransformerLayer/MultiheadAttention`;
    const weights = `${kernels}/qkv_transform_single/kernel/part_0`;
    const bias = `${layerPath(index)}/MultiheadAttention/qkv_transform_single/bias/ConcatPartitions/concat`;
    const context = apply(
      'Attention',
      [
        norm(x, `${layerPath(index)}/layer_prepostprocess`, size),
        constant(weights, [size, 3 * size], tensor(weights)),
        constant(bias, [3 * size], tensor(bias)),
        'lengths',
      ],
      { domain: 'com.microsoft', integers: { num_heads: 4 } },
    );
    return dense(
      context,
      `${kernels}/output_transform_single/kernel/part_0`,
      `${layerPath(index)}/MultiheadAttention/output_transform_single/bias/ConcatPartitions/concat`,
      size,
      width,
    );
  };
  const hidden = (index: number): string => `${encode}/TransformerStack/Layer_${index}/TransformerLayer/FFN`;
  const expand = (x: string, index: number): string => {
    const normed = norm(x, `${layerPath(index)}/FFN/layer_prepostprocess`, width);
    const bias = `${layerPath(index)}/FFN/conv1/bias/ConcatPartitions/concat`;
    return apply('Relu', [dense(normed, `${hidden(index)}/conv1/Tensordot/Reshape_1`, bias, width, hiddenWidth)]);
  };
  const contract = (x: string, index: number): string => {
    const bias = `${layerPath(index)}/FFN/conv2/bias/ConcatPartitions/concat`;
    return dense(x, `${hidden(index)}/conv2/Tensordot/Reshape_1`, bias, hiddenWidth, width);
  };
  const mean = (x: string): string => {
    const pooled = apply('MatMul', ['shares', x]);
    return apply('Squeeze', [pooled, 'one']);
  };

  constant('one', [1], BigInt64Array.of(1n));
  constant('zero', [1], BigInt64Array.of(0n));
  const vocabulary = tensor('module/Embeddings_en');
  constant('vocabulary', [vocabulary.length / vocabularyWidth, vocabularyWidth], vocabulary);
  const timescales = tensor(`${encode}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`);
  constant('timing', [maxTokens, vocabularyWidth], timingSignal(timescales));

  const tokens = apply('Gather', ['vocabulary', 'ids']);
  const length = apply('Slice', [apply('Shape', ['ids']), 'one', constant('two', [1], BigInt64Array.of(2n))]);
  const timing = apply('Slice', ['timing', 'zero', length]);
  const start = apply('Add', [tokens, apply('Add', [tokens, timing])]);
  const residual = dense(
    start,
    `${layerPath(0)}/dense/kernel/ConcatPartitions/concat`,
    `${layerPath(0)}/dense/bias/ConcatPartitions/concat`,
    vocabularyWidth,
    width,
  );
  const first = apply('Add', [residual, attention(start, 0, vocabularyWidth)]);
  const second = apply('Add', [first, contract(expand(first, 0), 0)]);
  const third = apply('Add', [second, attention(second, 1, width)]);
  // As in the product: the last projection is linear, so the mean over the tokens is taken before it.
  const pooled = apply('Add', [contract(mean(expand(third, 1)), 1), mean(third)]);
  const last = 'module/Encoder_en/hidden_layers/tanh_layer_0';
  const sentence = apply('Tanh', [dense(pooled, `${last}/weights`, `${last}/bias`, width, width)]);
  nodes.push({ operator: 'LpNormalization', inputs: [sentence], outputs: ['embedding'], integers: { axis: 1, p: 2 } });
  return {
    inputs: [
      { name: 'ids', type: 'int64', shape: ['batch', 'length'] },
      { name: 'lengths', type: 'int32', shape: ['batch'] },
      { name: 'shares', type: 'float32', shape: ['batch', 'row', 'length'] },
    ],
    output: { name: 'embedding', type: 'float32', shape: ['batch', 'width'] },
    constants,
    nodes,
  };
}

function timingSignal(inverseTimescales: Float32Array): Float32Array {
  const half = vocabularyWidth / 2;
  return Float32Array.from({ length: maxTokens * vocabularyWidth }, (_, at) => {
    const [position, column] = [Math.floor(at / vocabularyWidth), at % vocabularyWidth];
    const angle = Math.fround(position * (inverseTimescales[column % half] ?? 0));
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}
