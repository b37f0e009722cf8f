import { wrongCalculations } from './arithmetic.ts';
import { mistakeAt, type Sign } from './step-mistake.ts';
import { stepText } from './step-text.ts';
import { isResult } from './tool-results.ts';

const digits = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 10, useGrouping: false });

/** Calculations in what a model wrote that do not give what it says they give. */
export const wrongArithmetic: Sign = (walk) =>
  walk.steps.flatMap((step, at) => {
    if (isResult(step)) return [];
    const [wrong] = wrongCalculations(stepText(step));
    if (wrong === undefined) return [];
    const { expression, stated, right } = wrong;
    return [mistakeAt(walk, at, 'calculation-error', `${expression} is ${digits.format(right)}, not ${stated}.`)];
  });
