import { mistakeAt, type Sign } from './step-mistake.ts';
import { stepText } from './step-text.ts';
import { failureOf, isResult } from './tool-results.ts';

/** What says that something was looked up or checked. English, as the texts of agents mostly are. */
const claims =
  /\b(?:I(?:'ve| have)?|we(?:'ve| have)?) (?:already |manually |carefully |successfully |now )*(?:verified|checked|confirmed|reviewed|searched|looked up|visited|browsed|contacted|examined|inspected|downloaded|analy[sz]ed)\b|\b(?:after|upon) (?:\w+ )?(?:reviewing|checking|verifying|searching|visiting|examining|inspecting|manually)\b|\bverification (?:is )?(?:complete|steps? completed|confirmed)|\b(?:has|have) been (?:\w+ )?(?:verified|confirmed)\b/iu;
/** A step that itself runs something. */
const runs = /```|\btool_call\b/u;

/** Steps that say something was looked up where no tool was asked, or where the tool failed. */
export const unbackedClaims: Sign = (walk) =>
  walk.steps.flatMap((step, at) => {
    if (step.type !== 'message' && step.type !== 'reasoning') return [];
    const text = stepText(step);
    const claim = claims.exec(text)?.[0];
    if (claim === undefined || runs.test(text)) return [];
    const before = walk.steps[at - 1];
    if (before !== undefined && isResult(before)) {
      if (failureOf(before) === null) return [];
      const why = `It says "${claim}", but what the tool gave before was an error, or nothing.`;
      return [mistakeAt(walk, at, 'hallucinated-reasoning', why)];
    }
    return [mistakeAt(walk, at, 'hallucinated-reasoning', `It says "${claim}", but no tool was asked before it.`)];
  });
