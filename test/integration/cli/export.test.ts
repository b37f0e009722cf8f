import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnspaced } from '../../../shared/domain/base/unspaced.ts';
import { ratchetInProcess } from './in-process.ts';

const examples = [
  ['my invoice is wrong, I was charged twice', 'billing'],
  ['why is my bill so high this month', 'billing'],
  ['change the address on invoice 1035', 'billing'],
  ['where is my parcel, it should have come', 'delivery'],
  ['the courier lost my order 77', 'delivery'],
  ['my package has not arrived yet', 'delivery'],
  ['the app stops when I log in', 'technical'],
  ['error 42 on the settings page', 'technical'],
  ['Straße Füße geht nicht, 荷物はどこですか', 'technical'],
  ['我的包裹在哪里？我要退款。', 'delivery'],
  ['พัสดุของฉันอยู่ที่ไหน', 'delivery'],
];

interface Answer {
  readonly input: string;
  readonly output: string | null;
  readonly confidence: number;
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  await writeFile(join(root, 'examples.jsonl'), jsonl(examples.map(([input, output]) => ({ input, output }))));
  for (const [name, foundation] of [
    ['plain', 'none'],
    ['encoded', 'use-lite'],
  ] as const) {
    const args = ['create', name, '--examples', join(root, 'examples.jsonl'), '--foundation', foundation];
    expect((await ratchet(args)).code).toBe(0);
    expect((await ratchet(['export', name, '--to', join(root, name)])).code).toBe(0);
  }
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const ratchet = (args: readonly string[], stdin = '') =>
  ratchetInProcess(['--workspace', join(root, 'ws'), ...args], stdin);

/** Parts of texts without spaces, and what stands between them. */
const unspaced = [
  '荷物',
  'はどこ',
  'ですか',
  '我的',
  '包裹',
  '退款',
  'พัสดุ',
  'ของฉัน',
  'ไหน',
  'ສະບາຍດີ',
  '\u0301',
  ' ',
  '、',
  'x1',
  '𠮷',
];

/** Texts of all kinds: examples, parts and mixtures of them, and any Unicode. */
const texts = [
  ...fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 150, seed: 1 }),
  ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 100, seed: 2 }),
  ...fc
    .sample(
      fc.array(fc.constantFrom(...examples.flatMap(([input = '']) => input.split(' ')), 'ÄÖ', '😀', '\n'), {
        maxLength: 30,
      }),
      { numRuns: 200, seed: 3 },
    )
    .map((words) => words.join(' ')),
  ...fc
    .sample(fc.array(fc.constantFrom(...unspaced), { maxLength: 30 }), { numRuns: 100, seed: 4 })
    .map((parts) => parts.join('')),
  '',
  '   ',
  '\ud83d',
  `${'😀'.repeat(1_999)} x😀`,
  'my bill '.repeat(3_000),
];

describe.each(['plain', 'encoded'])('an export (%s)', (name) => {
  let answers: readonly Answer[];
  beforeAll(async () => {
    const told = await ratchet(['predict', name], jsonl(texts.map((input) => ({ input }))));
    answers = told.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(texts.length);
  });

  test('answers in JavaScript as the program does', async () => {
    const { load } = await import(pathToFileURL(join(root, name, 'predict.mjs')).href);
    const model = await load();
    expect(texts.map((text) => model.predict(text))).toEqual(
      answers.map(({ output, confidence }) => ({ output, confidence: expect.closeTo(confidence, 9) })),
    );
  });

  test.runIf(hasPython())('answers in Python as the program does, with numpy or without', async ({ skip }) => {
    const able = pythons().filter((python) => name === 'plain' || imports(python, 'onnxruntime'));
    if (able.length === 0) skip();
    for (const python of able) {
      const input = jsonl(texts.map((text) => ({ input: text })));
      const { stdout, stderr } = spawnSync(python[0], [...python.slice(1), '-B', 'predict.py'], {
        cwd: join(root, name),
        input,
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      const told: Answer[] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(told.length, stderr).toBe(answers.length);
      const hasWords = imports(python, 'icu');
      expect(stderr.match(/without PyICU: answers may differ/g)?.length ?? 0, stderr).toBe(hasWords ? 0 : 1);
      told.forEach(({ output, confidence }, index) => {
        if (!hasWords && isUnspaced(texts[index] ?? '')) return;
        expect(output).toBe(answers[index]?.output);
        expect(Math.abs(confidence - (answers[index]?.confidence ?? 0))).toBeLessThan(name === 'plain' ? 1e-9 : 1e-5);
      });
    }
  });

  test('has a head in ONNX of four operators, with all weights', async () => {
    const model = JSON.parse(await readFile(join(root, name, 'model.json'), 'utf8'));
    const { nodes, constants } = onnxOf(await readFile(join(root, name, 'head.onnx')));
    expect(nodes).toEqual(['MatMul', 'Add', 'Div', 'Softmax']);
    const rows = model.blocks.low.length + model.denseWidth;
    expect(constants).toEqual({
      weights: [rows, model.classes.length],
      bias: [model.classes.length],
      temperature: [1],
    });
  });

  test.runIf(hasPython())('gives the same probabilities by ONNX Runtime, where that is', async ({ skip }) => {
    const python = pythons().find((one) => imports(one, 'onnxruntime'));
    if (python === undefined) skip();
    else {
      const out = execFileSync(python[0], [...python.slice(1), '-B', '-c', headProgram], { cwd: join(root, name) });
      expect(Number(out.toString())).toBeLessThan(1e-5);
    }
  });

  test('says what it is, and its own check passes', async () => {
    const files = await readdir(join(root, name));
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'model.json', 'predict.mjs', 'predict.py', 'weights.bin']),
    );
    const model = JSON.parse(await readFile(join(root, name, 'model.json'), 'utf8'));
    expect(model).toMatchObject({
      model: name,
      task: 'classification',
      labels: ['billing', 'delivery', 'technical'],
      champion: true,
      lineage: { parent: null, run: null },
    });
    const cases = (await readFile(join(root, name, 'test-cases.jsonl'), 'utf8')).trim().split('\n');
    expect(cases).toHaveLength(50);
    const checked = execFileSync(process.execPath, ['predict.mjs', '--check'], { cwd: join(root, name) });
    expect(checked.toString()).toBe('50 of 50 test cases are as expected.\n');
  });
});

describe('ratchet export', () => {
  test('checks both readers, and finds one that answers otherwise', async () => {
    const to = join(root, 'checked');
    const ended = await ratchet(['--json', 'export', 'plain', '--to', to, '--check']);
    expect(ended.code, ended.stdout).toBe(0);
    const [js, py] = JSON.parse(ended.stdout).checks;
    expect(js).toMatchObject({ reader: 'predict.mjs', ok: true });
    expect(py).toMatchObject({ reader: 'predict.py', ok: hasPython() ? true : null });
    if (hasPython() && !imports(['python3'], 'icu')) {
      expect(py.detail).toBe(
        '46 of 46 test cases are as expected. Left out, for want of PyICU: 4 of scripts without spaces.',
      );
    }
    const cases = await readFile(join(to, 'test-cases.jsonl'), 'utf8');
    await writeFile(join(to, 'test-cases.jsonl'), cases.replace('"output":"', '"output":"not '));
    const again = spawnSync(process.execPath, ['predict.mjs', '--check'], { cwd: to, encoding: 'utf8' });
    expect(again).toMatchObject({ status: 1, stdout: '49 of 50 test cases are as expected.\n' });
  });

  test('writes into no folder that holds something, but with --force into one of an export', async () => {
    const to = join(root, 'held');
    await mkdir(to);
    await writeFile(join(to, 'mine.txt'), 'mine');
    for (const force of [[], ['--force']]) {
      const ended = await ratchet(['export', 'plain', '--to', to, ...force]);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
    }
    expect(await readdir(to)).toEqual(['mine.txt']);
    const other = join(root, 'plain');
    expect((await ratchet(['export', 'plain', '--to', other])).code).toBe(2);
    expect((await ratchet(['export', 'plain', '--to', other, '--force'])).code).toBe(0);
    expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.each([
    ['an unknown model', ['export', 'nobody', '--to', 'x'], 'UnknownModel'],
    ['an unknown checkpoint', ['export', 'plain', '--to', 'x', '--checkpoint', 'abc'], 'UnknownCheckpoint'],
    ['a file in its place', ['export', 'plain', '--to', 'FILE'], 'is a file'],
  ])('refuses %s', async (_, args, words) => {
    const ended = await ratchet(args.map((arg) => (arg === 'FILE' ? join(root, 'examples.jsonl') : arg)));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(words);
  });
});

describe('an export of a model whose labels changed since', () => {
  const inputs = examples.map(([input]) => ({ input }));
  /** What `ratchet predict` and the readers of a new export say, in that order. */
  async function answered(folder: string) {
    const exported = await ratchet([
      '--json',
      'export',
      'changed',
      '--to',
      join(root, folder),
      ...(folder === 'merged' ? ['--check'] : []),
    ]);
    expect(exported.code, exported.stdout + exported.stderr).toBe(0);
    const predicted = await ratchet(['predict', 'changed'], jsonl(inputs));
    const read = (program: string, args: readonly string[]) =>
      spawnSync(program, args, { cwd: join(root, folder), input: jsonl(inputs), encoding: 'utf8' }).stdout;
    return [
      predicted.stdout,
      read(process.execPath, ['predict.mjs']),
      ...(hasPython() ? [read('python3', ['-B', 'predict.py'])] : []),
    ].map((told): Answer[] =>
      told
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ input }) => !isUnspaced(input)),
    );
  }
  const change = async (...args: string[]) =>
    expect(await ratchet(['labels', 'changed', ...args])).toMatchObject({ code: 0 });
  const agree = ([told = [], ...others]: readonly (readonly Answer[])[]) => {
    expect(told).toHaveLength(8);
    for (const other of others) {
      expect(other).toHaveLength(8);
      other.forEach(({ output, confidence }, at) => {
        expect({ output, confidence }).toEqual({
          output: told[at]?.output,
          confidence: expect.closeTo(told[at]?.confidence ?? 0, 9),
        });
      });
    }
  };
  const modelOf = async (folder: string) => JSON.parse(await readFile(join(root, folder, 'model.json'), 'utf8'));

  test('answers by the labels of today: renamed, merged and split', { timeout: 120_000 }, async () => {
    const create = ['create', 'changed', '--examples', join(root, 'examples.jsonl'), '--foundation', 'none'];
    expect((await ratchet(create)).code).toBe(0);
    await change('rename', 'delivery', 'shipping');
    const renamed = await answered('renamed');
    agree(renamed);
    expect(new Set(renamed[1]?.map(({ output }) => output))).toEqual(new Set(['billing', 'shipping', 'technical']));
    expect(await modelOf('renamed')).toMatchObject({
      labels: ['billing', 'shipping', 'technical'],
      labelsToday: ['billing', 'shipping', 'technical'],
    });

    await change('merge', 'shipping', 'billing', '--into', 'logistics');
    const merged = await answered('merged');
    agree(merged);
    expect(new Set(merged[1]?.map(({ output }) => output))).toEqual(new Set(['logistics', 'technical']));
    const model = await modelOf('merged');
    expect(model).toMatchObject({ labels: ['logistics', 'technical'], classes: [0, 1], joins: [0, 0, 1] });
    expect(await readFile(join(root, 'merged', 'test-cases.jsonl'), 'utf8')).not.toMatch(
      /"(delivery|shipping|billing)"/,
    );
    const { load } = await import(pathToFileURL(join(root, 'renamed', 'predict.mjs')).href);
    const apart = await load();
    merged[0]?.forEach(({ confidence }, at) => {
      const [billing, shipping, technical] = apart.probabilities(inputs[at]?.input);
      expect(confidence).toBeCloseTo(Math.max(billing + shipping, technical), 9);
    });
    expect(onnxOf(await readFile(join(root, 'merged', 'head.onnx'))).nodes).toEqual([
      'MatMul',
      'Add',
      'Div',
      'Softmax',
      'MatMul',
    ]);

    await change('split', 'technical', '--into', 'outage', 'question');
    agree(await answered('split'));
    expect(await modelOf('split')).toMatchObject({
      labels: ['logistics', 'technical'],
      labelsToday: ['logistics', 'outage', 'question'],
    });
    const readme = await readFile(join(root, 'split', 'README.md'), 'utf8');
    expect(readme).toContain('It still says "technical", which was split and which it cannot tell apart.');
    expect(readme).toContain('It never says "outage", "question", which it was not taught.');
  });

  test('has a head in ONNX whose probabilities of merged labels add up', async () => {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(join(root, 'merged', 'head.onnx'));
    const { load } = await import(pathToFileURL(join(root, 'merged', 'predict.mjs')).href);
    const model = await load();
    const width = model.header.blocks.low.length;
    for (const { input = '' } of inputs) {
      const features = new Float32Array(width);
      for (const [id, value] of model.ngrams(model.readable(input))) features[id] = value;
      const { probabilities } = await session.run({ features: new Tensor('float32', features, [1, width]) });
      const found = Array.from(probabilities?.data as Float32Array);
      expect(found).toEqual(model.probabilities(input).map((one: number) => expect.closeTo(one, 5)));
    }
    await session.release();
  });
});

/** The largest difference between the head by ONNX Runtime and the reader's probabilities. */
const headProgram = `
import json, numpy, onnxruntime
from predict import load
model = load()
session = onnxruntime.InferenceSession("head.onnx", providers=["CPUExecutionProvider"])
width, features = model.header["denseWidth"], model.header["blocks"]["low"]["length"]
worst = 0
for text in ["where is my parcel", "my bill is too high", "error on page 42 again and again", "x"]:
    row = numpy.zeros((1, features + width), numpy.float32)
    for index, value in model.ngrams(model.readable(text)):
        row[0, index] = value
    if width:
        row[0, features:] = 2 * model.encoder(text)
    found = session.run(None, {"features": row})[0][0]
    worst = max(worst, abs(found - numpy.array(model.probabilities(text))).max())
print(float(worst))
`;

type Command = readonly [string, ...string[]];

function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}

/** The machine's Python, and another one that RATCHET_TEST_PYTHON names, such as one with ONNX Runtime. */
function pythons(): readonly Command[] {
  const other = process.env.RATCHET_TEST_PYTHON;
  return [['python3'], ...(other === undefined ? [] : [[other] as const])];
}

function imports([program, ...options]: Command, name: string): boolean {
  return spawnSync(program, [...options, '-c', `import ${name}`]).status === 0;
}

function jsonl(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Operators and shapes of constants of an ONNX file, read from its protocol buffers. */
function onnxOf(bytes: Uint8Array) {
  const graph = fieldsOf(bytes).find(({ field }) => field === 7)?.body ?? new Uint8Array();
  const parts = fieldsOf(graph);
  const textOf = (body: Uint8Array, field: number) =>
    new TextDecoder().decode(fieldsOf(body).find((one) => one.field === field)?.body);
  return {
    nodes: parts.filter(({ field }) => field === 1).map(({ body }) => textOf(body, 4)),
    constants: Object.fromEntries(
      parts
        .filter(({ field }) => field === 5)
        .map(({ body }) => [
          textOf(body, 8),
          fieldsOf(body).flatMap(({ field, number }) => (field === 1 ? [number] : [])),
        ]),
    ),
  };
}

function fieldsOf(bytes: Uint8Array) {
  const fields: { field: number; number: number; body: Uint8Array }[] = [];
  let at = 0;
  const variable = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = variable();
    const wire = tag % 8;
    const number = wire === 0 ? variable() : 0;
    const length = wire === 2 ? variable() : wire === 5 ? 4 : 0;
    fields.push({ field: Math.floor(tag / 8), number, body: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
