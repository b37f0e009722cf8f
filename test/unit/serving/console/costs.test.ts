import { expect, test } from 'vitest';
import { stageTimes } from '../../../../shared/serving/console/costs.ts';

const start = Date.UTC(2026, 0, 1);
const end = (stage: string, iteration: number, seconds: number) => ({ stage, iteration, at: start + 1_000 * seconds });

test('the time of a stage runs from the end of the one before it, over all of its items and turns', () => {
  const times = stageTimes(new Date(start).toISOString(), [
    end('train', 1, 30),
    end('prepare', 0, 4),
    end('train', 1, 20),
    end('train', 2, 60),
    end('gate', 1, 35),
  ]);
  expect(times).toEqual([
    { name: 'prepare', turns: 1, items: 1, seconds: 4 },
    { name: 'train', turns: 2, items: 3, seconds: 26 + 25 },
    { name: 'gate', turns: 1, items: 1, seconds: 5 },
  ]);
});

test('a clock that was set back makes no time negative', () => {
  expect(stageTimes(new Date(start).toISOString(), [end('prepare', 0, -5)])[0]?.seconds).toBe(0);
});
