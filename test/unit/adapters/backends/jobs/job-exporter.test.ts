import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExporters } from '../../../../../shared/composition/create-exporters.ts';
import { RatchetError } from '../../../../../shared/domain/base/errors.ts';
import { exportModel } from '../../../../../shared/operations/export/export-model.ts';
import { labelOutput } from '../../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleModel } from '../../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../../helpers/memory-ports.ts';
import { rejection } from '../../../../helpers/rejection.ts';

let root: string;
let archives = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-job-export-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** An artifact as training jobs write them. */
async function artifactOf(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  archives += 1;
  const folder = join(root, String(archives));
  for (const [name, body] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), body);
  }
  execFileSync('tar', ['--format=ustar', '-cf', `${folder}.tar`, ...Object.keys(files)], { cwd: folder });
  return new Uint8Array(await readFile(`${folder}.tar`));
}

/** The files that an export of such a checkpoint has, by name. */
async function exported(
  predictor: string,
  artifact: Uint8Array,
  { digest, configuration = {}, fault }: { digest?: string; configuration?: object; fault?: Error } = {},
) {
  const plain = memoryPorts();
  const [known] = plain.predictors.values();
  if (known === undefined) throw new Error('there is no predictor');
  const answering = {
    ...known,
    name: predictor,
    predict: async (_: unknown, inputs: readonly string[]) => {
      if (fault !== undefined) throw fault;
      return inputs.map(() => ({ output: labelOutput('spam'), confidence: 0.75, alternatives: [] }));
    },
  };
  const ports = {
    ...plain,
    predictors: new Map([[predictor, answering]]),
    exporters: createExporters({ objects: plain.objects }),
  };
  const served = { predictor, ref: 'artifact', digest: digest ?? createHash('sha256').update(artifact).digest('hex') };
  await ports.lineage.createModel(sampleModel());
  await ports.lineage.putCheckpoint(sampleCheckpoint({ served, configuration: { ...configuration } }));
  await ports.objects.put('artifact', artifact);
  const { files, leftOut } = await exportModel({ modelId: 'm1', checkpointId: 'c1' }, ports);
  const text = Object.fromEntries(files.map(({ name, body }) => [name, new TextDecoder().decode(body)]));
  return { text, leftOut };
}

const decoder = { foundation: 'some/decoder', sha256: null, labels: ['ham', 'spam'], max_tokens: 512 };
const artifact = (about: unknown) => JSON.stringify({ version: 1, task: {}, ...(about as object) });
const schema = {
  kind: 'classification',
  labels: ['is_spam', 'ham'],
  names: ['is spam', 'ham'],
  overlaps: false,
  threshold: 0.5,
};

describe('a decoder with low-rank changes', () => {
  test('is exported as its adapter, with what loads it and how it is asked', async () => {
    const { text, leftOut } = await exported(
      'hf-lora',
      await artifactOf({
        'artifact.json': artifact({ backEnd: 'hf-lora', decoder }),
        'adapter/adapter_config.json': '{}',
        'adapter/adapter_model.safetensors': 'weights',
      }),
    );
    expect(Object.keys(text).sort()).toEqual([
      'README.md',
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
      'artifact.json',
      'model.json',
      'test-cases.jsonl',
    ]);
    expect(text['adapter/adapter_model.safetensors']).toBe('weights');
    expect(text['README.md']).toContain('    foundation = "some/decoder"\n');
    expect(text['README.md']).toContain(
      '{"role": "system", "content": "Classify the text. Answer with one of: ham, spam."}',
    );
    expect(text['README.md']).not.toContain('predict.mjs');
    expect(JSON.parse(text['model.json'] ?? '')).toMatchObject({ backEnd: 'hf-lora', labels: ['ham', 'spam'] });
    expect(text['test-cases.jsonl']).toContain('"output":"spam","confidence":0.75');
    expect(leftOut).toEqual(['the foundation some/decoder']);
  });

  test('that writes is asked the text alone, and says how its texts are read', async () => {
    const writing = { ...decoder, labels: null, max_new_tokens: 99, reasoned: true, structured: true };
    const { text } = await exported(
      'hf-lora',
      await artifactOf({ 'artifact.json': artifact({ backEnd: 'hf-lora', decoder: writing }), 'adapter/a': '' }),
    );
    expect(text['README.md']).toContain('messages = [{"role": "user", "content": text}]');
    expect(text['README.md']).toContain('max_new_tokens=99');
    expect(text['README.md']).toContain('after a line that begins with `<answer> `');
  });

  test('keeps what stands in names out of the code', async () => {
    const hostile = { ...decoder, foundation: 'x"\nimport os #', labels: ['a"]\nprint(1)'] };
    const { text } = await exported(
      'hf-lora',
      await artifactOf({ 'artifact.json': artifact({ backEnd: 'hf-lora', decoder: hostile }), 'adapter/a': '' }),
    );
    const lines = (text['README.md'] ?? '').split('\n').map((line) => line.trim());
    expect(lines).not.toContain('import os #"');
    expect(lines.filter((line) => line.startsWith('print('))).toHaveLength(1);
  });
});

describe('a decoder that Tinker trained', () => {
  const atTinker = { ...decoder, tokenizer: '/tokenizers/llama', usd_per_million_sampled: 5 };
  const files = {
    'adapter/adapter_config.json': '{}',
    'adapter/adapter_model.safetensors': 'weights',
    'artifact.json': artifact({ backEnd: 'tinker', decoder: atTinker }),
    'tinker.json': '{"weights": "tinker://run/sampler_weights/served", "archived": true}',
  };

  test('is exported as its adapter, with the tokenizer that it was trained with', async () => {
    const { text, leftOut } = await exported('tinker', await artifactOf(files));
    expect(text['adapter/adapter_model.safetensors']).toBe('weights');
    expect(text['README.md']).toContain('AutoTokenizer.from_pretrained("/tokenizers/llama")');
    expect(text['README.md']).toContain('`artifact.json` has the digest of its tokenizer.');
    expect(text['test-cases.jsonl']).toContain('"output":"spam","confidence":0.75');
    expect(leftOut).toEqual(['the foundation some/decoder']);
    // Where its weights lie at Tinker stays with who trained it.
    expect(Object.values(text).join()).not.toContain('tinker://');
    const own = artifact({ backEnd: 'tinker', decoder: { ...atTinker, tokenizer: 'some/decoder' } });
    const plain = await exported('tinker', await artifactOf({ ...files, 'artifact.json': own }));
    expect(plain.text['README.md']).toContain('AutoTokenizer.from_pretrained(foundation)');
  });

  test('goes out without test cases where Tinker answers no more', async () => {
    const fault = new RatchetError('CorruptArtifact', 'Tinker has the weights tinker-old no more.');
    const { text, leftOut } = await exported('tinker', await artifactOf(files), { fault });
    expect(text['adapter/adapter_model.safetensors']).toBe('weights');
    expect(text['test-cases.jsonl']).toBeUndefined();
    expect(leftOut[1]).toBe('test-cases.jsonl, as nobody answers: Tinker has the weights tinker-old no more');
    const here = await artifactOf({ 'artifact.json': artifact({ backEnd: 'hf-lora', decoder }), 'adapter/a': '' });
    expect(await rejection(exported('hf-lora', here, { fault }))).toBe(fault);
  });

  test('is refused where its adapter lies at Tinker alone, with what to do', async () => {
    const alone = await artifactOf({ 'artifact.json': files['artifact.json'], 'tinker.json': files['tinker.json'] });
    const off = await rejection(exported('tinker', alone, { configuration: { archive: false } }));
    expect(off).toMatchObject({ name: 'InvalidInput', mend: expect.stringContaining('--trainer-option archive=true') });
    expect(off.message).toContain('as it was trained with archive=false');
    const none = await rejection(exported('tinker', alone, { configuration: { archive: true } }));
    expect(none.message).toContain('which gave no files of it when it was trained');
  });
});

describe('a GLiNER2', () => {
  test('is exported whole, or as an adapter on its foundation', async () => {
    const whole = await exported(
      'gliner2',
      await artifactOf({ 'artifact.json': artifact({ backEnd: 'gliner2', schema, method: 'full' }), 'model/w': 'w' }),
    );
    expect(whole.leftOut).toEqual([]);
    expect(whole.text['README.md']).toContain('SpanExtractor.from_pretrained("model").eval()');
    expect(whole.text['README.md']).toContain('names = ["is spam","ham"]');
    const foundation = { name: 'some/gliner2', sha256: null };
    const adapter = await exported(
      'gliner2-onnx',
      await artifactOf({
        'artifact.json': artifact({ backEnd: 'gliner2', schema, method: 'lora', foundation }),
        'adapter/w': 'w',
      }),
    );
    expect(adapter.leftOut).toEqual(['the foundation some/gliner2']);
    expect(adapter.text['README.md']).toContain('SpanExtractor.from_pretrained("some/gliner2")');
    expect(adapter.text['README.md']).toContain('PeftModel.from_pretrained(model, "adapter")');
  });

  test('of entities asks for them', async () => {
    const entities = { ...schema, kind: 'extraction' };
    const { text } = await exported(
      'gliner2',
      await artifactOf({
        'artifact.json': artifact({ backEnd: 'gliner2', schema: entities, method: 'full' }),
        'model/w': '',
      }),
    );
    expect(text['README.md']).toContain('batch_extract_entities(["a text"], names, 1, threshold=0.5');
  });
});

test('what is no artifact of such a job, or not the one on record, is not exported', async () => {
  const good = await artifactOf({ 'artifact.json': artifact({ backEnd: 'hf-lora', decoder }), 'adapter/a': '' });
  const hidden = await artifactOf({ 'artifact.json': artifact({ backEnd: 'hf-lora', decoder }), 'adapter/.ssh': '' });
  const other = await artifactOf({ 'artifact.json': artifact({ backEnd: 'words' }) });
  for (const [bytes, digest] of [[good, 'other'], [hidden], [other], [new Uint8Array(700).fill(1)]] as const) {
    expect(await rejection(exported('hf-lora', bytes, digest === undefined ? {} : { digest }))).toMatchObject({
      name: 'CorruptArtifact',
    });
  }
});
