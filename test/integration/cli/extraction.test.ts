import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';

const cities = ['Paris', 'Rome', 'Oslo', 'Lima', 'Berlin', 'Tokyo', 'Cairo', 'Quito'];
const frames = ['a flight to @', 'from @ please', 'how is the weather in @ today', 'book a room in @', 'why @ again'];
const sentences = cities.flatMap((city) => frames.map((frame) => [frame.split(' '), city] as const));

const conll = sentences
  .map(([words, city]) => words.map((word) => (word === '@' ? `${city}\tB-city\n` : `${word}\tO\n`)).join(''))
  .join('\n');

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  await writeFile(join(root, 'train.conll'), conll);
  const made = await ratchet(['--json', 'create', 'places', '--task', 'extraction', '--examples', at('train.conll')]);
  expect(made.code, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({ task: 'extraction', labels: ['city'], examples: 40, refused: 0 });
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const at = (name: string) => join(root, name);
const ratchet = (args: readonly string[], stdin = '') => ratchetInProcess(['--workspace', at('ws'), ...args], stdin);
const jsonl = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const create = async (name: string, examples: string, ...options: readonly string[]) => {
  await writeFile(at(`${name}.jsonl`), examples);
  return ratchet(['create', name, '--task', 'extraction', '--examples', at(`${name}.jsonl`), ...options]);
};

const entity = (label: string, start: number, text: string) => ({ label, start, end: start + text.length, text });

describe('an extraction', () => {
  test('answers with the text of each entity and how sure it is, at offsets that are true for any text', async () => {
    const inputs = [
      '😀😀 a flight to Paris',
      'e\u0301\r\na flight to Paris\u0000',
      'שלום a flight to Paris',
      `${'so and so '.repeat(2_500)}a flight to Paris`,
      '\ud83d a flight to Paris',
      '',
    ];
    const { code, stdout } = await ratchet(['predict', 'places'], jsonl(...inputs.map((input) => ({ input }))));
    expect(code).toBe(0);
    const answers: { input: string; output: ReturnType<typeof entity>[] | null }[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(inputs.length);
    for (const { input, output } of answers.slice(0, 5)) {
      expect(output?.at(-1)).toMatchObject({ label: 'city', text: 'Paris', confidence: expect.any(Number) });
      for (const { start, end, text } of output ?? []) expect(input.slice(start, end)).toBe(text);
    }
    expect(answers[5]?.output).toBe(null);
  });

  test('refuses what is wrong by line, reason and mend, and uses the rest', async () => {
    const good = { input: 'to Paris', output: [entity('city', 3, 'Paris')] };
    const made = await create(
      'odd',
      jsonl(
        good,
        { input: '😀 to Rome', output: [{ label: 'city', start: 5, end: 9, text: 'Rome' }] },
        { input: 'to Oslo', output: [{ label: 'city', start: 3, end: 70 }] },
        { input: 'to New York', output: [entity('city', 3, 'New York'), entity('city', 7, 'York')] },
        { input: 'nothing here', output: [] },
        { input: 'as text', output: JSON.stringify([entity('city', 3, 'text')]) },
        // What is no output teaches no type, and is not what the right one is held against.
        { input: 'to Lima', output: [{ label: 'zone', start: 3, end: 70 }] },
        { input: 'to Lima', output: [entity('city', 3, 'Lima')] },
        { input: 'to Lima', output: [] },
      ),
    );
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain('1 entity type (city)');
    expect(made.stdout).toContain('trained on 4 examples');
    expect(made.stderr).toMatch(/2: .*is "Rome", and at 5 to 9.*count characters; count UTF-16 units/);
    expect(made.stderr).toMatch(/3: .*stands at 3 to 70, and the input has 7 characters/);
    expect(made.stderr).toMatch(/4: .*overlaps "New York".*--overlaps allowed/);
    expect(made.stderr).toMatch(/7: .*stands at 3 to 70, and the input has 7 characters/);
    expect(made.stderr).toMatch(/9: the input of line 8 again, with another output/);
    expect(made.stderr).not.toMatch(/:8: /);
  });

  test('goes out as CoNLL with the number of words that are cut for it', async () => {
    const mood = {
      input: 'i am unhappy with 500mg',
      output: [entity('mood', 7, 'happy'), entity('dose', 18, '500mg')],
    };
    const made = await create('cut', jsonl(mood, { input: 'all is well', output: [entity('mood', 7, 'well')] }));
    expect(made.code, made.stderr).toBe(0);
    const told = await ratchet(['export', 'cut', '--examples', '--format', 'conll', '--to', at('cut.conll')]);
    expect(told.stdout).toContain('Altered for conll: words cut in two where an entity begins or ends (1).');
    expect(await readFile(at('cut.conll'), 'utf8')).toContain('un\tO\nhappy\tB-mood\nwith\tO\n500mg\tB-dose\n');
  });

  test('tells of as many bad lines as are asked for, and how to ask', async () => {
    const bad = Array.from({ length: 9 }, (_, at) => ({
      input: `x${at}`,
      output: [{ label: 'a', start: 0, end: 90 }],
    }));
    const good = { input: 'to Paris', output: [entity('a', 3, 'Paris')] };
    const few = await create('few-told', jsonl(good, ...bad));
    expect(few.stderr.match(/stands at 0 to 90/g)).toHaveLength(5);
    expect(few.stderr).toContain('… and 4 more bad lines (tell of more with --bad-lines N).');
    const all = await create('all-told', jsonl(good, ...bad), '--bad-lines', '20');
    expect(all.stderr.match(/stands at 0 to 90/g)).toHaveLength(9);
    expect(all.stderr).not.toContain('more bad line');
  });

  test('is explained entity by entity', async () => {
    const found = await ratchet(['explain', 'places', '--input', 'a flight to Paris', '--json']);
    const { why, whyParts } = JSON.parse(found.stdout);
    expect(why).toBeNull();
    expect(whyParts).toHaveLength(1);
    expect(whyParts[0]).toMatchObject({ output: [{ label: 'city', start: 12, end: 17 }] });
    expect(whyParts[0].logOdds).toBeGreaterThan(0);
    const told = (await ratchet(['explain', 'places', '--input', 'a flight to Paris'])).stdout;
    expect(told).toMatch(/Why city "Paris" \(log-odds \+\d/);
    const none = (await ratchet(['explain', 'places', '--input', 'nothing today'])).stdout;
    expect(none).toContain('answers no entity');
    expect(none).not.toContain('cannot tell');
  });

  test('has types, and no labels, in what ratchet labels says', async () => {
    const { stdout } = await ratchet(['labels', 'places']);
    expect(stdout).toMatch(/^entity type +examples +judged traces/);
    expect(stdout).toMatch(/^city +40 /m);
    expect(stdout).not.toMatch(/\blabel/);
  });

  test('may have entities that overlap, where it was created so', async () => {
    const nested = { input: 'to New York', output: [entity('city', 3, 'New York'), entity('duke', 7, 'York')] };
    const made = await create('nested', jsonl(nested, { input: 'to Rome', output: [] }), '--overlaps', 'allowed');
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain('trained on 2 examples');
    const to = at('nested-out.jsonl');
    expect((await ratchet(['export', 'nested', '--examples', '--to', to])).code).toBe(0);
    expect(JSON.parse((await readFile(to, 'utf8')).split('\n')[0] ?? '')).toEqual(nested);
    const told = await ratchet(['export', 'nested', '--examples', '--format', 'conll', '--to', at('nested.conll')]);
    expect(told.stdout).toContain('Left out, since conll cannot hold them: entities that share characters (1).');
  });

  test('has options that other tasks do not have', async () => {
    const other = await ratchet(['create', 'labels', '--labels', 'a,b', '--overlaps', 'allowed']);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('The task classification has no option --overlaps');
    expect((await ratchet(['create', 'e', '--task', 'extraction', '--labels', 'a', '--overlaps', 'some'])).code).toBe(
      2,
    );
    expect((await ratchet(['create', 'e', '--task', 'extraction', '--labels', 'a'])).code).toBe(0);
    const later = await create('e', jsonl({ input: 'x', output: [entity('a', 0, 'x')] }), '--overlaps', 'allowed');
    expect(later.stderr).toContain('registered already, with --overlaps refused');
  });

  test.each(['conll', 'spacy', 'label-studio', 'doccano', 'jsonl'])(
    'goes out as %s and comes in again',
    async (format) => {
      const file = at(`again.${format}`);
      const out = await ratchet(['--json', 'export', 'places', '--examples', '--format', format, '--to', file]);
      expect(out.code, out.stderr).toBe(0);
      expect(JSON.parse(out.stdout)).toEqual({ model: 'places', file, format, examples: 40, leftOut: [], altered: [] });
      const made = await ratchet(['--json', 'create', `again-${format}`, '--task', 'extraction', '--examples', file]);
      expect(made.code, made.stderr).toBe(0);
      const first = await ratchet(['--json', 'lineage', 'places']);
      const [dataset] = JSON.parse(first.stdout).datasets;
      expect(JSON.parse(made.stdout)).toMatchObject({ labels: ['city'], examples: 40, dataset: dataset.datasetId });
    },
  );

  test('takes judged traces in, and gives them out with their right outputs', async () => {
    const right = [entity('city', 3, 'Paris')];
    const trace = (id: string, more: object) => ({
      traceId: id,
      timestamp: '2026-03-01T09:00:00Z',
      input: 'to Paris',
      ...more,
    });
    await writeFile(
      at('traces.jsonl'),
      jsonl(
        trace('a', { output: [], expected: right }),
        trace('b', { output: right, verdict: 'pass' }),
        trace('c', { output: [], verdict: 'fail' }),
        trace('d', { output: right }),
      ),
    );
    expect((await ratchet(['ingest', 'places', at('traces.jsonl')])).code).toBe(0);
    const out = await ratchet(['export', 'places', '--traces', '--format', 'spacy', '--to', at('judged.jsonl')]);
    expect(out.stdout).toContain('2 examples of places');
    const line = { text: 'to Paris', entities: [[3, 8, 'city']] };
    expect(await readFile(at('judged.jsonl'), 'utf8')).toBe(jsonl(line, line));
  });

  test('is explained where a right entity is missing', async () => {
    const trace = {
      traceId: 'missed',
      timestamp: '2026-03-01T09:00:00Z',
      input: 'so and so',
      output: [],
      expected: [entity('city', 7, 'so')],
      judge: { kind: 'human', id: 'ana' },
    };
    await writeFile(at('missed.jsonl'), jsonl(trace));
    expect((await ratchet(['ingest', 'places', at('missed.jsonl')])).code).toBe(0);
    expect((await ratchet(['explain', 'places', 'missed'])).stdout).toMatch(/Why hardly city "so" \(log-odds −/);
  });

  test('is not written over a file, nor in a format that does not fit', async () => {
    await writeFile(at('there.jsonl'), 'mine');
    const there = await ratchet(['export', 'places', '--examples', '--to', at('there.jsonl')]);
    expect(there.code).toBe(2);
    expect(there.stderr).toContain('--force');
    expect(await readFile(at('there.jsonl'), 'utf8')).toBe('mine');
    const alone = await ratchet(['export', 'places', '--format', 'spacy', '--to', at('folder')]);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toContain('--examples or --traces');
  });

  test('that a file holds is told from traces by ingest', async () => {
    const told = await ratchet(['ingest', 'places', at('train.conll')]);
    expect(told.code).toBe(2);
    expect(told.stderr).toContain('ratchet create MODEL --examples FILE');
  });
});
