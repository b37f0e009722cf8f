import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';

const cities = ['paris', 'rome', 'oslo', 'lima', 'berlin', 'tokyo', 'cairo', 'quito', 'bern', 'dakar'];
const dishes = ['soup', 'ramen', 'tacos', 'curry', 'pizza', 'stew', 'salad', 'rice', 'pasta', 'toast'];
const frames: readonly ((city: string, dish: string) => readonly (string | readonly [string, string])[])[] = [
  (city, dish) => ['where can i eat ', ['dish', dish], ' in ', ['city', city]],
  (city) => ['book me a flight to ', ['city', city], ' please'],
  (_, dish) => ['i would like some ', ['dish', dish], ' for dinner'],
  (city, dish) => ['is the ', ['dish', dish], ' of ', ['city', city], ' any good'],
];

interface Entity {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

function text(at: number): { input: string; output: Entity[] } {
  const pieces = frames[at % 4]?.(cities[(at * 7) % 10] ?? '', dishes[(at * 3 + Math.floor(at / 10)) % 10] ?? '') ?? [];
  let input = '';
  const output: Entity[] = [];
  for (const piece of pieces) {
    const [label, word] = typeof piece === 'string' ? [null, piece] : piece;
    if (label !== null) output.push({ label, start: input.length, end: input.length + word.length });
    input += word;
  }
  return { input, output };
}

/** A judge who takes cities for dishes; the first of them is a person, whose word counts. */
const wrong = [41, 57, 69, 85, 101, 117, 133];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

test('a run lists wrong judgements of entities with the one that is wrong, and none of a person', async () => {
  const ratchet = (args: readonly string[]) => ratchetInProcess(['--workspace', join(root, 'ws'), ...args], '');
  const write = async (name: string, lines: readonly unknown[]): Promise<string> => {
    await writeFile(join(root, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return join(root, name);
  };
  const examples = await write(
    'examples.jsonl',
    Array.from({ length: 24 }, (_, at) => text(at)),
  );
  const traces = await write(
    'traces.jsonl',
    Array.from({ length: 140 }, (_, index) => {
      const at = index + 24;
      const { input, output } = text(at);
      const given = wrong.includes(at)
        ? output.map((entity) => (entity.label === 'city' ? { ...entity, label: 'dish' } : entity))
        : output;
      const judge = { kind: at === wrong[0] ? 'human' : 'llm', id: 'judge', reason: '' };
      const timestamp = new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();
      return { traceId: `t${at}`, timestamp, input: `${input} ${at}`, output: [], expected: given, judge };
    }),
  );
  const create = ['create', 'places', '--task', 'extraction', '--examples', examples, '--set', 'maxIterations=1'];
  expect((await ratchet(create)).code).toBe(0);
  expect((await ratchet(['ingest', 'places', traces])).code).toBe(0);
  const run = await ratchet(['run', 'places']);
  expect([0, 3], run.stderr).toContain(run.code);

  const listed = await ratchet(['--json', 'suspects', 'places', '--all']);
  const suspects: { traceId: string; metadata: { review: { reason: string; likely: string } } }[] = listed.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const found = suspects.filter(({ traceId }) => wrong.includes(Number(traceId.slice(1))));
  expect(found.length).toBeGreaterThan(2);
  expect(suspects.length - found.length).toBeLessThan(2);
  expect(suspects.map(({ traceId }) => traceId)).not.toContain(`t${wrong[0]}`);
  for (const { metadata } of found) {
    expect(metadata.review.reason).toMatch(/^given dish "\w+", where models expect city "\w+"; wrong with probability/);
    expect(metadata.review.likely).toMatch(/^city "\w+"$/);
  }
  const told = await ratchet(['suspects', 'places']);
  expect(told.stderr).toMatch(/\d+ suspect judgements of \d+ that run \S+ found/);
}, 240_000);
