import { mistakeAt, type Sign } from './step-mistake.ts';
import { failureOf, isResult } from './tool-results.ts';

/** Tools that failed and never gave an answer afterwards: nothing that a model's weights can mend. */
export const failedTools: Sign = (walk) => {
  const results = walk.steps.flatMap((step, at) =>
    isResult(step) ? [{ at, failure: failureOf(step), name: step.name }] : [],
  );
  return results
    .filter(
      ({ at, failure, name }) =>
        failure === 'error' && !results.some((later) => later.at > at && later.name === name && later.failure === null),
    )
    .map(({ at, name }) =>
      mistakeAt(
        walk,
        at,
        'tool',
        `${name === undefined ? 'A tool' : `The tool ${name}`} failed, and gave no answer afterwards.`,
      ),
    );
};
