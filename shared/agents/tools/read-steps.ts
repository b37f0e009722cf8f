import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { mistakeInWords } from '../../domain/steps/shown-steps.ts';
import type { Case } from '../case.ts';
import { shownText } from '../shown-text.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const given = z.strictObject({
  traceId: z.string().max(500),
  from: z.int().min(1).default(1).describe('the first step to show, counted from 1'),
});
const atOnce = 20;

/** Shows how the answer of a record came about, step by step, and the first mistake that the steps show. */
function readSteps(cases: ReadonlyMap<string, Case>): Tool {
  return reads(
    'read_steps',
    'Shows the steps that led to the answer of a trace, twenty at a time, and the first mistake that counting sees in them.',
    given,
    ({ traceId, from }) => {
      const one = cases.get(traceId);
      if (one === undefined) throw new RatchetError('InvalidInput', 'There is no such trace here.');
      if (one.way === undefined) throw new RatchetError('InvalidInput', 'No steps of this trace are on record.');
      const { steps, count, mistake } = one.way;
      const shown = steps.slice(from - 1, from - 1 + atOnce).map(({ type, who, text }, at) => ({
        step: from + at,
        type,
        who: who === null ? null : shownText(who, 100),
        text: shownText(text, 600),
      }));
      const seen = mistake === null ? null : shownText(mistakeInWords(mistake), 600);
      return { value: [...shown, { steps: count, shown: steps.length, firstMistake: seen }] };
    },
  );
}

/** {@link readSteps}, where any record has steps. */
export function stepsTools(cases: ReadonlyMap<string, Case>): readonly Tool[] {
  return [...cases.values()].some(({ way }) => way !== undefined) ? [readSteps(cases)] : [];
}
