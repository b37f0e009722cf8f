import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCell } from '../../../../bench/weak-starts/prepare-cell.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

const labels = Array.from({ length: 30 }, (_, at) => `intent_${at}`);
let data = '';

function rows(part: string, each: number): string[][] {
  return labels.flatMap((label) =>
    Array.from({ length: each }, (_, at) => [`${part} of ${label} number ${at}`, label]),
  );
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'weak-starts-'));
  await mkdir(join(data, 'clinc150'));
  const file = { train: rows('train', 90), val: rows('val', 15), test: rows('test', 5) };
  await writeFile(join(data, 'clinc150', 'data_full.json'), JSON.stringify(file));
});
afterAll(() => rm(data, { recursive: true }));

const prepared = (perLabel: number, traces: number) =>
  prepareCell({ labels: 30, perLabel, traces }, 3, data, new SeededRandom());

describe('cells of as many labels', () => {
  it('share their fresh texts, and have fewer examples and traces among the more', async () => {
    const [few, many] = await Promise.all([prepared(2, 250), prepared(10, 500)]);
    expect(few.draw.examples).toHaveLength(60);
    expect(many.draw.examples).toHaveLength(300);
    const examples = new Set(many.draw.examples.map(({ input }) => input));
    expect(few.draw.examples.every(({ input }) => examples.has(input))).toBe(true);
    const hostsOf = ({ draw }: typeof few) => draw.stages[0]?.learn ?? [];
    expect(hostsOf(few)).toEqual(hostsOf(many).slice(0, 250));
    expect(hostsOf(many).some(({ input }) => examples.has(input))).toBe(false);
    expect(few.clean).toEqual(many.clean);
  });

  it('have a judge who errs on some, and texts that are otherwise as they were', async () => {
    const { stages } = await prepared(5, 500);
    const logs = stages[0] ?? [];
    const poison = logs.filter(({ truth }) => truth.class === 'poison').length / logs.length;
    const wrong = logs.filter(({ truth }) => truth.wrongCorrection).length / logs.length;
    expect(poison).toBeGreaterThan(0.1);
    expect(poison).toBeLessThan(0.2);
    expect(wrong).toBeGreaterThan(0.04);
    expect(wrong).toBeLessThan(0.11);
    expect(logs.filter(({ truth }) => truth.class !== 'poison').every(({ truth }) => truth.class === 'clean')).toBe(
      true,
    );
  });
});
