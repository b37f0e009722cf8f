import { describe, expect, test } from 'vitest';
import { availableBatches } from '../../../cli/available-batches.ts';

async function* upTo(count: number): AsyncGenerator<number> {
  for (let value = 0; value < count; value += 1) yield value;
}

async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<(readonly T[])[]> {
  const all: (readonly T[])[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe('availableBatches', () => {
  test('hands on every item once, in order, in batches within the limit', async () => {
    const batches = await collect(availableBatches(upTo(1_000), 64));
    expect(batches.flat()).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(64);
  });

  test('does not wait for a slow writer to fill a batch', async () => {
    let answered: () => void = () => undefined;
    const slow = async function* () {
      yield 'first';
      await new Promise<void>((resolve) => {
        answered = resolve;
      });
      yield 'second';
    };
    const seen: string[] = [];
    for await (const batch of availableBatches(slow(), 64)) {
      seen.push(...batch);
      answered();
    }
    expect(seen).toEqual(['first', 'second']);
  });

  test('ends at once with nothing to read', async () => {
    expect(await collect(availableBatches(upTo(0), 4))).toEqual([]);
  });

  test('hands on what came before a fault, then throws it', async () => {
    const faulty = async function* () {
      yield 1;
      throw new Error('broken pipe');
    };
    const seen: number[] = [];
    const reading = (async () => {
      for await (const batch of availableBatches(faulty(), 4)) seen.push(...batch);
    })();
    await expect(reading).rejects.toThrow('broken pipe');
    expect(seen).toEqual([1]);
  });

  test('stops reading when its reader stops', async () => {
    let read = 0;
    const endless = async function* () {
      for (;;) {
        read += 1;
        yield read;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    for await (const batch of availableBatches(endless(), 4)) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    const after = read;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(read).toBeLessThanOrEqual(after + 1);
  });
});
