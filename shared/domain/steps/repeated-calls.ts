import { mistakeAt, type Sign } from './step-mistake.ts';
import { stepInput } from './step-text.ts';

/** Once more may be worth a try. */
const often = 3;

/** The same call of a tool for the third time: it takes for granted that the same question is answered otherwise. */
export const repeatedCalls: Sign = (walk) => {
  const calls = new Map<string, number>();
  return walk.steps.flatMap((step, at) => {
    if (step.type !== 'tool_call') return [];
    const key = JSON.stringify([step.name ?? null, stepInput(step)]);
    const count = (calls.get(key) ?? 0) + 1;
    calls.set(key, count);
    if (count !== often) return [];
    return [mistakeAt(walk, at, 'wrong-assumption', `The same call of ${step.name ?? 'a tool'} for the third time.`)];
  });
};
