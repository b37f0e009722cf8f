import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnspaced } from '../../../shared/domain/base/unspaced.ts';
import { nestedExamples } from '../../helpers/nested-entities.ts';
import { ratchetInProcess } from './in-process.ts';

const cities = ['Paris', 'New York', 'São Paulo', 'Köln', 'Łódź', 'Москва', 'İzmir', '𝒳-Town', 'e\u0301vry', '東京'];
const orders = ['A-1042', '77B', 'R2D2', '#9981', '😀12'];
const frames = [
  'a flight to @ please',
  'is order % still in @?',
  'send % to @, not to Rome',
  'nothing but words here',
  '(@)/% and more',
];
const examples = frames.flatMap((frame) =>
  cities.flatMap((city, at) => {
    const parts = frame.split(/([@%])/);
    let input = '';
    const output: object[] = [];
    for (const part of parts) {
      const word = part === '@' ? city : part === '%' ? (orders[at % orders.length] ?? '') : part;
      if (part === '@' || part === '%') {
        output.push({
          label: part === '@' ? 'city' : 'order',
          start: input.length,
          end: input.length + word.length,
          text: word,
        });
      }
      input += word;
    }
    return frame.includes('@') || at === 0 ? [{ input, output }] : [];
  }),
);

interface Answer {
  readonly output: { label: string; start: number; end: number; text: string; confidence: number }[] | null;
  readonly confidence: number;
}

let root: string;
let answers: readonly Answer[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  await writeFile(join(root, 'examples.jsonl'), jsonl(examples));
  const made = await ratchet(['create', 'places', '--task', 'extraction', '--examples', join(root, 'examples.jsonl')]);
  expect(made.code, made.stderr).toBe(0);
  expect((await ratchet(['export', 'places', '--to', join(root, 'folder')])).code).toBe(0);
  const told = await ratchet(['predict', 'places'], jsonl(texts.map((input) => ({ input }))));
  answers = told.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers).toHaveLength(texts.length);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const ratchet = (args: readonly string[], stdin = '') =>
  ratchetInProcess(['--workspace', join(root, 'ws'), ...args], stdin);

/** Texts of all kinds: examples, parts and mixtures of them, and any Unicode. */
const texts = [
  ...examples.map(({ input }) => input),
  ...fc
    .sample(
      fc.array(
        fc.constantFrom(...cities, ...orders, 'to', 'in', 'order', ',', '😀', '👩‍👩‍👧', '\u0301', '\r\n', '\0', 'ΣΑΣ'),
        {
          maxLength: 25,
        },
      ),
      { numRuns: 150, seed: 1 },
    )
    .map((words) => words.join(' ')),
  ...fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 100, seed: 2 }),
  ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 100, seed: 3 }),
  '',
  ' \t',
  '\ud83d to Paris',
  `${'so and so '.repeat(500)}to Paris`,
];

const close = (answer: Answer | undefined, tolerance: number) => ({
  output:
    answer?.output?.map((entity) => ({ ...entity, confidence: expect.closeTo(entity.confidence, tolerance) })) ?? null,
  confidence: expect.closeTo(answer?.confidence ?? 0, tolerance),
});

describe('an exported tagger', () => {
  test('finds what the program finds, in JavaScript', async () => {
    const { load } = await import(pathToFileURL(join(root, 'folder', 'predict.mjs')).href);
    const model = await load();
    expect(answers.filter(({ output }) => (output ?? []).length > 0).length).toBeGreaterThan(50);
    texts.forEach((text, at) => {
      expect(model.predict(text), text).toEqual(close(answers[at], 9));
    });
  });

  test.runIf(hasPython())('finds what the program finds, in Python', () => {
    const { stdout, stderr } = spawnSync('python3', ['-B', 'predict.py'], {
      cwd: join(root, 'folder'),
      input: jsonl(texts.map((input) => ({ input }))),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const told: (Answer & { readonly input: string })[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.length, stderr).toBe(texts.length);
    const hasWords = spawnSync('python3', ['-c', 'import icu']).status === 0;
    told.forEach(({ input, ...answer }, at) => {
      expect(input).toBe(texts[at]);
      if (hasWords || !isUnspaced(input)) expect(answer, input).toEqual(close(answers[at], 9));
    });
  });

  test('says what it is, and its own checks pass', async () => {
    const folder = join(root, 'folder');
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(['README.md', 'model.json', 'predict.mjs', 'predict.py', 'tagger', 'tagger.bin']),
    );
    expect(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))).toMatchObject({
      task: 'extraction',
      labels: ['city', 'order'],
      champion: true,
    });
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('Places count UTF-16 units');
    const checked = execFileSync(process.execPath, ['predict.mjs', '--check'], { cwd: folder });
    expect(checked.toString()).toBe('50 of 50 test cases are as expected.\n');
    const both = await ratchet(['--json', 'export', 'places', '--to', join(root, 'both'), '--check']);
    expect(both.code, both.stdout).toBe(0);
    expect(JSON.parse(both.stdout).checks).toMatchObject([
      { reader: 'predict.mjs', ok: true },
      { reader: 'predict.py', ok: hasPython() ? true : null },
    ]);
  });
});

describe('an exported tagger whose types changed since', () => {
  test('names entities as the program does: renamed, merged and split', { timeout: 120_000 }, async () => {
    const create = ['create', 'changed', '--task', 'extraction', '--examples', join(root, 'examples.jsonl')];
    expect((await ratchet(create)).code).toBe(0);
    const inputs = texts.slice(0, 30);
    for (const [folder, change, labels, said] of [
      ['renamed', ['rename', 'city', 'town'], ['town', 'order'], ['order', 'town']],
      ['merged', ['merge', 'town', 'order', '--into', 'thing'], ['thing'], ['thing']],
      ['split', ['split', 'thing', '--into', 'place', 'number'], ['city', 'order'], ['city', 'order']],
    ] as const) {
      expect(await ratchet(['labels', 'changed', ...change])).toMatchObject({ code: 0 });
      const exported = await ratchet([
        'export',
        'changed',
        '--to',
        join(root, folder),
        ...(folder === 'merged' ? ['--check'] : []),
      ]);
      expect(exported.code, exported.stdout).toBe(0);
      const told = await ratchet(['predict', 'changed'], jsonl(inputs.map((input) => ({ input }))));
      const expected = linesOf<Answer>(told.stdout);
      const { load } = await import(pathToFileURL(join(root, folder, 'predict.mjs')).href);
      const model = await load();
      expect(model.header.labels).toEqual(labels);
      inputs.forEach((text, at) => {
        expect(model.predict(text), text).toEqual(close(expected[at], 9));
      });
      const types = expected.flatMap(({ output }) => (output ?? []).map(({ label }) => label));
      expect([...new Set(types)].sort()).toEqual(said);
      if (hasPython()) {
        const input = jsonl(inputs.map((text) => ({ input: text })));
        const python = spawnSync('python3', ['-B', 'predict.py'], { cwd: join(root, folder), input, encoding: 'utf8' });
        linesOf<Answer & { readonly input: string }>(python.stdout).forEach(({ input: text, ...answer }, at) => {
          if (!isUnspaced(text)) expect(answer, text).toEqual(close(expected[at], 9));
        });
      }
    }
  });
});

describe('an exported tagger of entities that overlap, or stand inside words', { timeout: 120_000 }, () => {
  const inside = ['Oslo', 'Bern', 'Łódź', 'E\u0301vry', '𝒳ian'].flatMap((city) => [
    { input: `go visit${city}Now`, output: [{ label: 'city', start: 8, end: 8 + city.length, text: city }] },
    { input: `#love${city} 東京`, output: [{ label: 'city', start: 5, end: 5 + city.length, text: city }] },
  ]);
  const inputs = [...nestedExamples('unseen', 64), ...nestedExamples('seen', 16)]
    .map(({ input }) => input)
    .concat(
      inside.map(({ input }) => input),
      ['visit😀GrazNow', 'x#loveLłÓdź', 'iPhone15Pro 2x500mg', 'aE\u0301Bc東京Na'],
      texts,
    );
  let expected: readonly Answer[];
  beforeAll(async () => {
    const lines = nestedExamples('seen', 160).map(({ input, output }) => ({ input, output }));
    await writeFile(join(root, 'nested.jsonl'), jsonl([...lines, ...inside]));
    const create = ['create', 'nested', '--task', 'extraction', '--overlaps', 'allowed'];
    const created = await ratchet([...create, '--examples', join(root, 'nested.jsonl')]);
    expect(created.code, created.stderr).toBe(0);
    expect(created.stdout + created.stderr).not.toMatch(/within or across others|inside a word/);
    expect((await ratchet(['export', 'nested', '--to', join(root, 'nested')])).code).toBe(0);
    const told = await ratchet(['predict', 'nested'], jsonl(inputs.map((input) => ({ input }))));
    expected = linesOf(told.stdout);
    const inner = expected.filter(({ output }) =>
      (output ?? []).some(({ start }, at) => start < ((output ?? [])[at - 1]?.end ?? 0)),
    );
    expect(inner.length).toBeGreaterThan(30);
    const [cut] = expected.slice(inputs.indexOf(inside[0]?.input ?? ''));
    expect(cut?.output).toMatchObject([{ label: 'city', start: 8, end: 12, text: 'Oslo' }]);
  }, 120_000);

  test('finds what the program finds, in JavaScript', async () => {
    const { load } = await import(pathToFileURL(join(root, 'nested', 'predict.mjs')).href);
    const model = await load();
    inputs.forEach((text, at) => {
      expect(model.predict(text), text).toEqual(close(expected[at], 9));
    });
  });

  test.runIf(hasPython())('finds what the program finds, in Python', () => {
    const { stdout, stderr } = spawnSync('python3', ['-B', 'predict.py'], {
      cwd: join(root, 'nested'),
      input: jsonl(inputs.map((input) => ({ input }))),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const told: (Answer & { readonly input: string })[] = linesOf(stdout);
    expect(told.length, stderr).toBe(inputs.length);
    const hasWords = spawnSync('python3', ['-c', 'import icu']).status === 0;
    told.forEach(({ input, ...answer }, at) => {
      if (hasWords || !isUnspaced(input)) expect(answer, input).toEqual(close(expected[at], 9));
    });
  });
});

function linesOf<T>(text: string): T[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}

function jsonl(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
