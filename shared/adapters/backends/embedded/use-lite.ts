import { allocationBytes, Kernels, packColumns, roundUp, rowAlignment } from './kernels.ts';
import { UseLiteTokenizer } from './use-lite-tokenizer.ts';
import type { UseLiteWeights } from './use-lite-weights.ts';

/** Length of an embedding. */
export const embeddingLength = 512;
/**
 * Characters (UTF-16 code units) of a text that are embedded; what is left gives far more than {@link maxTokens}
 * tokens.
 */
export const maxEmbeddedCharacters = 2_000;
/** Tokens of a text that the model looks at, as in the original graph. */
export const maxTokens = 128;

const vocabularyWidth = 256;
const hiddenWidth = 1_536;
const heads = 4;
const normEpsilon = 1e-6;
/** Token rows in one pass: enough to keep the kernels busy, few enough for the second-level cache. */
const passRows = 256;

interface Dense {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}
interface Norm {
  readonly scale: Float32Array;
  readonly bias: Float32Array;
}
interface Layer {
  readonly width: number;
  readonly attentionNorm: Norm;
  readonly qkv: Dense;
  readonly attentionOutput: Dense;
  readonly hiddenNorm: Norm;
  readonly expand: Dense;
  readonly contract: Dense;
}

/**
 * Universal Sentence Encoder Lite (Cer et al. 2018, arXiv 1803.11175): two pre-norm Transformer layers over
 * SentencePiece tokens, mean over the tokens, a tanh layer, L2 norm. The same function as the TensorFlow.js graph in
 * the package, up to float rounding, computed without padding: all tokens of a pass are rows of one matrix and each
 * text attends to its own rows only, so an embedding does not depend on its batch mates, to the bit.
 */
export class UseLite {
  readonly #tokenizer: UseLiteTokenizer;
  readonly #kernels: Kernels;
  readonly #vocabulary: Float32Array;
  readonly #timing: Float32Array;
  readonly #residual: Dense;
  readonly #layers: readonly [Layer, Layer];
  readonly #final: Dense;
  readonly #x: Float32Array;
  readonly #y: Float32Array;
  readonly #normed: Float32Array;
  readonly #wide: Float32Array;
  readonly #scores = new Float64Array(maxTokens);

  constructor(source: UseLiteWeights) {
    this.#tokenizer = new UseLiteTokenizer(source.pieces);
    const rows = passRows + maxTokens;
    this.#kernels = new Kernels(
      40 * 2 ** 20 + 3 * allocationBytes(rows * embeddingLength) + allocationBytes(rows * hiddenWidth),
    );
    const prefix = 'module_apply_default/Encoder_en/KonaTransformer/Encode';
    this.#vocabulary = source.tensor('module/Embeddings_en');
    this.#timing = timingSignal(
      source.tensor(`${prefix}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`),
    );
    const dense = (weights: string, bias: string, inputs: number, outputs: number): Dense => {
      const packed = this.#kernels.floats(inputs * outputs);
      packColumns(source.tensor(weights), packed, inputs, outputs);
      const biases = this.#kernels.floats(outputs);
      biases.set(source.tensor(bias));
      return { weights: packed, bias: biases, inputs, outputs };
    };
    const norm = (name: string): Norm => ({
      scale: source.tensor(`${name}/layer_norm/layer_norm_scale/ConcatPartitions/concat`),
      bias: source.tensor(`${name}/layer_norm/layer_norm_bias/ConcatPartitions/concat`),
    });
    const layer = (index: 0 | 1, width: number): Layer => {
      const path = `${prefix}/Layer_${index}/TransformerLayer`;
      const attention = `module/Encoder_en/KonaTransformer/Encode/Layer_${index}/TransformerLayer/MultiheadAttention`;
      const hidden = `${prefix}/TransformerStack/Layer_${index}/TransformerLayer/FFN`;
      return {
        width,
        attentionNorm: norm(`${path}/layer_prepostprocess`),
        qkv: dense(
          `${attention}/qkv_transform_single/kernel/part_0`,
          `${path}/MultiheadAttention/qkv_transform_single/bias/ConcatPartitions/concat`,
          width,
          3 * width,
        ),
        attentionOutput: dense(
          `${attention}/output_transform_single/kernel/part_0`,
          `${path}/MultiheadAttention/output_transform_single/bias/ConcatPartitions/concat`,
          width,
          embeddingLength,
        ),
        hiddenNorm: norm(`${path}/FFN/layer_prepostprocess`),
        expand: dense(
          `${hidden}/conv1/Tensordot/Reshape_1`,
          `${path}/FFN/conv1/bias/ConcatPartitions/concat`,
          embeddingLength,
          hiddenWidth,
        ),
        contract: dense(
          `${hidden}/conv2/Tensordot/Reshape_1`,
          `${path}/FFN/conv2/bias/ConcatPartitions/concat`,
          hiddenWidth,
          embeddingLength,
        ),
      };
    };
    this.#residual = dense(
      `${prefix}/Layer_0/TransformerLayer/dense/kernel/ConcatPartitions/concat`,
      `${prefix}/Layer_0/TransformerLayer/dense/bias/ConcatPartitions/concat`,
      vocabularyWidth,
      embeddingLength,
    );
    this.#layers = [layer(0, vocabularyWidth), layer(1, embeddingLength)];
    this.#final = dense(
      'module/Encoder_en/hidden_layers/tanh_layer_0/weights',
      'module/Encoder_en/hidden_layers/tanh_layer_0/bias',
      embeddingLength,
      embeddingLength,
    );
    this.#x = this.#kernels.floats(rows * embeddingLength);
    this.#y = this.#kernels.floats(rows * embeddingLength);
    this.#normed = this.#kernels.floats(rows * embeddingLength);
    this.#wide = this.#kernels.floats(rows * hiddenWidth);
  }

  /**
   * One row of {@link embeddingLength} floats a text, of unit length; zeros for a text without a token. Only the first
   * {@link maxEmbeddedCharacters} characters count, and of these the first {@link maxTokens} tokens.
   */
  embed(texts: readonly string[]): Float32Array<ArrayBuffer> {
    const result = new Float32Array(texts.length * embeddingLength);
    let pass: { readonly index: number; readonly ids: readonly number[] }[] = [];
    let rows = 0;
    texts.forEach((text, index) => {
      const ids = this.#tokenizer.encode(text.slice(0, maxEmbeddedCharacters)).slice(0, maxTokens);
      if (ids.length === 0) {
        return;
      }
      if (rows + ids.length > passRows + maxTokens || rows >= passRows) {
        this.#forward(pass, rows, result);
        pass = [];
        rows = 0;
      }
      pass.push({ index, ids });
      rows += ids.length;
    });
    if (rows > 0) {
      this.#forward(pass, rows, result);
    }
    return result;
  }

  #forward(
    pass: readonly { readonly index: number; readonly ids: readonly number[] }[],
    rows: number,
    result: Float32Array,
  ): void {
    const [first, second] = this.#layers;
    const lengths = pass.map(({ ids }) => ids.length);
    const x = this.#x;
    const y = this.#y;
    this.#embedTokens(pass, this.#wide);
    this.#dense(this.#wide, this.#residual, y, rows);
    layerNorm(this.#wide, first.attentionNorm, this.#normed, rows, first.width);
    this.#attention(first, lengths, rows, x);
    addInto(y, x, rows * embeddingLength);
    this.#expand(first, y, rows);
    this.#dense(this.#wide, first.contract, x, rows);
    addInto(x, y, rows * embeddingLength);

    layerNorm(x, second.attentionNorm, this.#normed, rows, second.width);
    this.#attention(second, lengths, rows, y);
    addInto(y, x, rows * embeddingLength);
    this.#expand(second, y, rows);
    // The last projection is linear, so the mean over the tokens is taken before it: one row a text instead of one a
    // token.
    meanRows(this.#wide, lengths, hiddenWidth);
    meanRows(y, lengths, embeddingLength);
    this.#dense(this.#wide, second.contract, x, pass.length);
    addInto(x, y, pass.length * embeddingLength);
    this.#dense(x, this.#final, y, pass.length);
    pass.forEach(({ index }, row) => {
      unitTanh(y, row * embeddingLength, result, index * embeddingLength);
    });
  }

  #embedTokens(pass: readonly { readonly ids: readonly number[] }[], target: Float32Array): void {
    let at = 0;
    for (const { ids } of pass) {
      ids.forEach((id, position) => {
        const from = id * vocabularyWidth;
        const phase = position * vocabularyWidth;
        for (let column = 0; column < vocabularyWidth; column++) {
          const value = this.#vocabulary[from + column] ?? 0;
          // The graph adds the token to the timing signal, and that sum to the token once more.
          target[at++] = value + Math.fround(value + (this.#timing[phase + column] ?? 0));
        }
      });
    }
  }

  #dense(
    source: Float32Array,
    { weights, bias, inputs, outputs }: Dense,
    target: Float32Array,
    rows: number,
    relu = false,
  ): void {
    this.#kernels.gemm(source, weights, bias, target, roundUp(rows, rowAlignment), inputs, outputs, relu);
  }

  #expand(layer: Layer, source: Float32Array, rows: number): void {
    layerNorm(source, layer.hiddenNorm, this.#normed, rows, embeddingLength);
    this.#dense(this.#normed, layer.expand, this.#wide, rows, true);
  }

  /** Multi-head attention over the normed rows, each text over its own. */
  #attention(layer: Layer, lengths: readonly number[], rows: number, target: Float32Array): void {
    const { width } = layer;
    const headWidth = width / heads;
    const scale = Math.fround(1 / Math.sqrt(headWidth));
    const qkv = this.#wide;
    const stride = 3 * width;
    const context = this.#normed;
    const scores = this.#scores;
    this.#dense(context, layer.qkv, qkv, rows);
    let begin = 0;
    for (const length of lengths) {
      const end = begin + length;
      for (let head = 0; head < heads; head++) {
        const column = head * headWidth;
        for (let row = begin; row < end; row++) {
          attend(
            qkv,
            stride,
            width,
            row * stride + column,
            begin,
            end,
            column,
            headWidth,
            scale,
            scores,
            context,
            row * width + column,
          );
        }
      }
      begin = end;
    }
    this.#dense(context, layer.attentionOutput, target, rows);
  }
}

/**
 * Softmax attention of one query of one head over the rows [begin, end); writes headWidth values at `to`. Four rows,
 * then four columns at a time: each sum alone waits for its own last addition. The order within a sum fixes its bits,
 * and stays.
 */
function attend(
  qkv: Float32Array,
  stride: number,
  width: number,
  query: number,
  begin: number,
  end: number,
  column: number,
  headWidth: number,
  scale: number,
  scores: Float64Array,
  target: Float32Array,
  to: number,
): void {
  const length = end - begin;
  const keys = begin * stride + width + column;
  let highest = Number.NEGATIVE_INFINITY;
  for (let other = 0; other < length; other += 4) {
    // Past the last row the last one is taken again, and written again where it belongs.
    const [at1, at2, at3] = [
      Math.min(other + 1, length - 1),
      Math.min(other + 2, length - 1),
      Math.min(other + 3, length - 1),
    ];
    const key0 = keys + other * stride;
    const key1 = keys + at1 * stride;
    const key2 = keys + at2 * stride;
    const key3 = keys + at3 * stride;
    let dot0 = 0;
    let dot1 = 0;
    let dot2 = 0;
    let dot3 = 0;
    for (let index = 0; index < headWidth; index++) {
      const value = qkv[query + index] ?? 0;
      dot0 += value * (qkv[key0 + index] ?? 0);
      dot1 += value * (qkv[key1 + index] ?? 0);
      dot2 += value * (qkv[key2 + index] ?? 0);
      dot3 += value * (qkv[key3 + index] ?? 0);
    }
    scores[other] = dot0 * scale;
    scores[at1] = dot1 * scale;
    scores[at2] = dot2 * scale;
    scores[at3] = dot3 * scale;
  }
  for (let index = 0; index < length; index++) {
    highest = Math.max(highest, scores[index] ?? 0);
  }
  let total = 0;
  for (let index = 0; index < length; index++) {
    const weight = Math.exp((scores[index] ?? 0) - highest);
    scores[index] = weight;
    total += weight;
  }
  for (let index = 0; index < length; index++) {
    scores[index] = (scores[index] ?? 0) / total;
  }
  for (let index = 0; index < headWidth; index += 4) {
    let value = begin * stride + 2 * width + column + index;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let other = 0; other < length; other++) {
      const weight = scores[other] ?? 0;
      sum0 = Math.fround(sum0 + weight * (qkv[value] ?? 0));
      sum1 = Math.fround(sum1 + weight * (qkv[value + 1] ?? 0));
      sum2 = Math.fround(sum2 + weight * (qkv[value + 2] ?? 0));
      sum3 = Math.fround(sum3 + weight * (qkv[value + 3] ?? 0));
      value += stride;
    }
    target[to + index] = sum0;
    target[to + index + 1] = sum1;
    target[to + index + 2] = sum2;
    target[to + index + 3] = sum3;
  }
}

function layerNorm(
  source: Float32Array,
  { scale, bias }: Norm,
  target: Float32Array,
  rows: number,
  width: number,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    let sum = 0;
    for (let index = 0; index < width; index++) {
      sum += source[from + index] ?? 0;
    }
    const mean = sum / width;
    let squares = 0;
    for (let index = 0; index < width; index++) {
      const difference = (source[from + index] ?? 0) - mean;
      squares += difference * difference;
    }
    const factor = 1 / Math.sqrt(squares / width + normEpsilon);
    for (let index = 0; index < width; index++) {
      target[from + index] = ((source[from + index] ?? 0) - mean) * factor * (scale[index] ?? 0) + (bias[index] ?? 0);
    }
  }
}

function addInto(target: Float32Array, other: Float32Array, length: number): void {
  for (let index = 0; index < length; index++) {
    target[index] = (target[index] ?? 0) + (other[index] ?? 0);
  }
}

/** Replaces each text's rows by their mean, one row a text, packed at the beginning. */
function meanRows(matrix: Float32Array, lengths: readonly number[], width: number): void {
  let begin = 0;
  lengths.forEach((length, text) => {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let row = begin; row < begin + length; row++) {
        sum += matrix[row * width + column] ?? 0;
      }
      matrix[text * width + column] = sum / length;
    }
    begin += length;
  });
}

function unitTanh(source: Float32Array, from: number, target: Float32Array, to: number): void {
  let squares = 0;
  for (let index = 0; index < embeddingLength; index++) {
    const value = Math.tanh(source[from + index] ?? 0);
    target[to + index] = value;
    squares += value * value;
  }
  const factor = 1 / Math.sqrt(Math.max(squares, 1e-12));
  for (let index = 0; index < embeddingLength; index++) {
    target[to + index] = (target[to + index] ?? 0) * factor;
  }
}

/** Sines, then cosines, of the position over geometric wavelengths (Vaswani et al. 2017), for every position. */
function timingSignal(inverseTimescales: Float32Array): Float32Array {
  const half = vocabularyWidth / 2;
  const signal = new Float32Array(maxTokens * vocabularyWidth);
  for (let position = 0; position < maxTokens; position++) {
    for (let index = 0; index < half; index++) {
      const angle = Math.fround(position * (inverseTimescales[index] ?? 0));
      signal[position * vocabularyWidth + index] = Math.sin(angle);
      signal[position * vocabularyWidth + half + index] = Math.cos(angle);
    }
  }
  return signal;
}
