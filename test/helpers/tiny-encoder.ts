import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type OnnxConstant,
  type OnnxNode,
  onnxFile,
} from '../../shared/adapters/backends/embedded/export/onnx-file.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';

/** Floats of its embeddings. */
export const tinyWidth = 24;
const tokens = 900;
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

export interface TinyEncoderOptions {
  /** Of its weights, which are drawn: it knows nothing. */
  readonly seed?: number;
  /** Files beside, as JSON, by their path in the folder. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Where its weights lie. */
  readonly weights?: readonly string[];
}

/**
 * Writes a sentence encoder as transformers.js reads one: words of letters and digits as tokens, one layer of attention,
 * so that a vector hangs on all tokens and on how they are padded; weights are drawn by the seed.
 */
export async function writeTinyEncoder(
  folder: string,
  { seed = 1, files = {}, weights = ['onnx/model.onnx'] }: TinyEncoderOptions = {},
): Promise<void> {
  const written: Record<string, unknown> = {
    'config.json': {
      model_type: 'bert',
      architectures: ['BertModel'],
      hidden_size: tinyWidth,
      max_position_embeddings: 64,
    },
    'tokenizer.json': tokenizer(),
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 64, pad_token: '[PAD]' },
    '1_Pooling/config.json': { word_embedding_dimension: tinyWidth, pooling_mode_mean_tokens: true },
    ...files,
  };
  for (const [name, value] of Object.entries(written)) {
    await write(folder, name, JSON.stringify(value));
  }
  for (const name of weights) await write(folder, name, graph(seed));
}

async function write(folder: string, name: string, body: string | Uint8Array): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, body);
}

/** Pieces of one to two letters, and whole words of the tests; the rest of a word is in pieces that begin with `##`. */
function tokenizer(): unknown {
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789.,!?'];
  const pieces = letters.flatMap((one) => [one, `##${one}`]);
  const pairs = letters.slice(0, 26).flatMap((a) => letters.slice(0, 26).map((b) => `##${a}${b}`));
  const vocab = Object.fromEntries([...special, ...pieces, ...pairs].slice(0, tokens).map((piece, id) => [piece, id]));
  const added = special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

/** Embedding, one layer of attention that heeds the mask, and the sum of both. */
function graph(seed: number): Uint8Array {
  const random = new SeededRandom().stream(seed, 'tiny-encoder');
  const drawn = (name: string, shape: readonly number[]): OnnxConstant => ({
    name,
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.next() * 2 - 1),
  });
  const node = (
    operator: string,
    inputs: readonly string[],
    output: string,
    rest: Partial<OnnxNode> = {},
  ): OnnxNode => ({
    operator,
    inputs,
    outputs: [output],
    ...rest,
  });
  return onnxFile({
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
      name,
      type: 'int64',
      shape: ['batch', 'tokens'],
    })),
    output: { name: 'last_hidden_state', type: 'float32', shape: ['batch', 'tokens', 'width'] },
    constants: [
      drawn('vocabulary', [tokens, tinyWidth]),
      drawn('types', [2, tinyWidth]),
      drawn('query', [tinyWidth, 1]),
      drawn('value', [tinyWidth, tinyWidth]),
      { name: 'low', shape: [1], values: Float32Array.of(-10_000) },
      { name: 'one', shape: [1], values: Float32Array.of(1) },
      { name: 'tokens', shape: [1], values: BigInt64Array.of(1n) },
      { name: 'last', shape: [1], values: BigInt64Array.of(2n) },
    ],
    nodes: [
      node('Gather', ['vocabulary', 'input_ids'], 'words'),
      node('Gather', ['types', 'token_type_ids'], 'typed'),
      node('Add', ['words', 'typed'], 'x'),
      node('MatMul', ['x', 'value'], 'v'),
      node('MatMul', ['x', 'query'], 'weighed'),
      node('Cast', ['attention_mask'], 'mask', { integers: { to: 1 } }),
      node('Sub', ['one', 'mask'], 'hidden'),
      node('Mul', ['hidden', 'low'], 'penalty'),
      node('Unsqueeze', ['penalty', 'last'], 'penalties'),
      node('Add', ['weighed', 'penalties'], 'scores'),
      node('Softmax', ['scores'], 'shares', { integers: { axis: 1 } }),
      node('Mul', ['shares', 'v'], 'parts'),
      node('ReduceSum', ['parts', 'tokens'], 'context'),
      node('Add', ['x', 'context'], 'last_hidden_state'),
    ],
  });
}
