import { mistakeAt, type Sign } from './step-mistake.ts';
import { stepText } from './step-text.ts';
import { isResult } from './tool-results.ts';

/** What takes for granted, or stands in for, what nobody looked up. English. */
const assumes =
  /\b(?:(?:I|we)(?:'ll| will)? (?:assume|suppose|presume)\b|assum(?:e|ing|ed) (?:that|the|a|an|these|this|we|it)\b|hypothetical\w*|placeholders?|(?:dummy|mock|made-up|fictional|sample|simulated|example) (?:data|values?|prices?|numbers?|results?|figures?)|for (?:the sake of|demonstration purposes|illustration)|(?:path|url|key)[_/](?:to|here)|your[_-]?(?:api[_-]?key|file|path)|approximately known|roughly approximated)/iu;

/** Steps that go on with an assumption in place of what could be looked up. */
export const assumptions: Sign = (walk) =>
  walk.steps.flatMap((step, at) => {
    if (isResult(step)) return [];
    const found = assumes.exec(stepText(step))?.[0];
    if (found === undefined) return [];
    return [mistakeAt(walk, at, 'wrong-assumption', `It goes on with an assumption: "${found}".`)];
  });
