import { mistakeAt, type Sign } from './step-mistake.ts';
import { stepText } from './step-text.ts';
import { failureOf, isResult } from './tool-results.ts';

/** What a tool gave back as one number and little else. */
const shortest = 200;
const number = /-?\d[\d,]*(?:\.\d+)?/gu;

/** A tool gave one number, and what comes of it states others and never that one. */
export const contradictedResults: Sign = (walk) => {
  const at = walk.steps.findLastIndex((step) => isResult(step) && failureOf(step) === null);
  const result = walk.steps[at];
  if (result === undefined) return [];
  const text = stepText(result);
  const [given, ...others] = numbersOf(text);
  if (text.length > shortest || given === undefined || others.length > 0) return [];
  const after = walk.steps.slice(at + 1).map(stepText);
  const stated = [...after, walk.answer ?? ''].flatMap(numbersOf);
  if (stated.length === 0 || stated.some((one) => near(one, given))) return [];
  const first = after.findIndex((said) => numbersOf(said).length > 0);
  const where = first >= 0 ? at + 1 + first : walk.steps.length - 1;
  const why = `${result.name ?? 'The tool'} gave ${given}, and nothing that is said afterwards holds it.`;
  return [mistakeAt(walk, where, 'hallucinated-reasoning', why)];
};

function numbersOf(text: string): readonly number[] {
  return [...text.matchAll(number)].map(([digits]) => Number(digits.replaceAll(',', '')));
}

/** Equal as far as rounding to whole numbers or three digits goes. */
function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= Math.max(1e-9, Math.min(0.5, Math.abs(other) * 0.005)) || Math.round(other) === one;
}
