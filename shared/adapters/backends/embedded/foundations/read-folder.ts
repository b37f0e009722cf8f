import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { RatchetError } from '../../../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../../../domain/base/ids.ts';
import type { Encoder, EncoderChoice, LocatedEncoder, variants } from './encoder.ts';

/** Files of a folder that say how texts are cut into tokens and embedded; those that must be there first. */
export const requiredFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;
export const optionalFiles = [
  'modules.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
  '1_Pooling/config.json',
] as const;

/** The weights by variant: the smaller ones first where nobody chooses, but for those that are rarely as good. */
export const weightFiles: Readonly<Record<(typeof variants)[number], string>> = {
  q8: 'onnx/model_quantized.onnx',
  fp32: 'onnx/model.onnx',
  int8: 'onnx/model_int8.onnx',
  uint8: 'onnx/model_uint8.onnx',
  fp16: 'onnx/model_fp16.onnx',
  q4: 'onnx/model_q4.onnx',
  bnb4: 'onnx/model_bnb4.onnx',
  q4f16: 'onnx/model_q4f16.onnx',
};

/** Weights of more than 2 GB lie in a file of their own beside the graph. */
export const dataOf = (weights: string): string => `${weights}_data`;

const mostTokens = 512;
const configSchema = z.looseObject({
  max_position_embeddings: z.int().positive().optional(),
  model_type: z.string().optional(),
});
const modulesSchema = z.array(z.looseObject({ type: z.string() }));
const lengthSchema = z.looseObject({ max_seq_length: z.int().positive().nullish() });
const promptsSchema = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/**
 * What a folder's encoder computes with: as the folder says (the files of sentence-transformers), unless chosen
 * otherwise; and the digest of all that.
 * @throws RatchetError FoundationMissing where it lacks what is needed, InvalidInput where it cannot be served
 */
export async function readFolder(
  directory: string,
  chosen: EncoderChoice & Partial<Pick<Encoder, 'maxTokens'>>,
): Promise<LocatedEncoder & Pick<Encoder, 'digest'>> {
  for (const name of requiredFiles) {
    if (!(await isFile(join(directory, name)))) throw missing(directory, `it has no ${name}`);
  }
  const variant = await variantOf(directory, chosen.variant);
  const pooling = chosen.pooling ?? (await poolingOf(directory));
  const prompt = chosen.prompt ?? (await promptOf(directory));
  const maxTokens = chosen.maxTokens ?? (await maxTokensOf(directory));
  const weights = weightFiles[variant];
  const files: [string, string][] = [];
  for (const name of [...requiredFiles, ...optionalFiles, weights, dataOf(weights)]) {
    if (await isFile(join(directory, name))) files.push([name, await fileDigest(join(directory, name))]);
  }
  const choice = { variant, pooling, prompt, maxTokens };
  return { directory, ...choice, digest: digest('encoder', canonicalJson([files, choice])) };
}

async function variantOf(directory: string, chosen: EncoderChoice['variant']): Promise<keyof typeof weightFiles> {
  const names = chosen === undefined ? (Object.keys(weightFiles) as (keyof typeof weightFiles)[]) : [chosen];
  for (const name of names) if (await isFile(join(directory, weightFiles[name]))) return name;
  throw missing(
    directory,
    chosen === undefined ? 'it has no weights as ONNX (onnx/model.onnx)' : `it has no ${weightFiles[chosen]}`,
  );
}

/** As `modules.json` and `1_Pooling/config.json` of sentence-transformers say; else the mean over the tokens. */
async function poolingOf(directory: string): Promise<LocatedEncoder['pooling']> {
  const modules = await readJson(directory, 'modules.json', modulesSchema);
  const types = (modules ?? []).map(({ type }) => type.split('.').at(-1) ?? '');
  const other = types.find((type) => !['Transformer', 'Pooling', 'Normalize'].includes(type));
  if (other !== undefined) throw cannotServe(directory, `after the tokens' vectors it has a step ${other}`);
  const file = await readJson(directory, '1_Pooling/config.json', z.looseObject({}));
  if (file === null) return 'mean';
  const modes = Object.entries(file).flatMap(([name, on]) =>
    name.startsWith('pooling_mode_') && on === true ? [name.slice('pooling_mode_'.length)] : [],
  );
  if (modes.length === 1 && modes[0] === 'mean_tokens') return 'mean';
  if (modes.length === 1 && modes[0] === 'cls_token') return 'cls';
  throw cannotServe(directory, `it pools by ${modes.join(' and ') || 'nothing'}`);
}

async function promptOf(directory: string): Promise<string> {
  const told = await readJson(directory, 'config_sentence_transformers.json', promptsSchema);
  return told?.prompts?.[told.default_prompt_name ?? ''] ?? '';
}

async function maxTokensOf(directory: string): Promise<number> {
  const told = await readJson(directory, 'sentence_bert_config.json', lengthSchema);
  const config = await readJson(directory, 'config.json', configSchema);
  // RoBERTa's kind counts positions from its padding's on, 2 of them.
  const positions = (config?.max_position_embeddings ?? mostTokens) - (isRoberta(config?.model_type) ? 2 : 0);
  return Math.max(1, Math.min(told?.max_seq_length ?? mostTokens, positions, mostTokens));
}

function isRoberta(type: string | undefined): boolean {
  return ['roberta', 'xlm-roberta', 'camembert', 'mpnet'].includes(type ?? '');
}

async function readJson<T>(directory: string, name: string, schema: z.ZodType<T>): Promise<T | null> {
  const path = join(directory, name);
  if (!(await isFile(path))) return null;
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw missing(directory, `its ${name} cannot be read`, cause);
  }
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function missing(directory: string, why: string, cause?: unknown): RatchetError {
  return new RatchetError('FoundationMissing', `The foundation in ${directory} cannot be used: ${why}.`, {
    cause,
    mend: 'Name a folder with config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx or onnx/model_quantized.onnx.',
  });
}

function cannotServe(directory: string, why: string): RatchetError {
  return new RatchetError('InvalidInput', `The foundation in ${directory} cannot be used as its folder says: ${why}.`, {
    mend: 'Take another, or say how sentences are to be pooled: --trainer-option pooling=mean or pooling=cls.',
  });
}
