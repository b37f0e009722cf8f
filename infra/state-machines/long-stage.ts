import { choice, type Part, pass, sequence, type Template, task, wait } from './states.ts';

/**
 * Where a long stage's Task puts what it gives, and finds what it gave before; null in the machine's state before the
 * first.
 */
const work = '$.work';

/** What stands in a state's input before any long stage has worked. */
export const noWork = { work: null };

/** Hands on what the Task gave before, for a state whose input is written out. */
export const withWork = { 'work.$': work };

/**
 * A stage that may outlast a function: its Task is called until it says that it is done, at once or after waiting as
 * long as it says, and its result goes to a place of its own.
 */
export function longStage(
  name: string,
  of: {
    readonly comment: string;
    /** The Task's input beside `work`; all that the state gets where it is left out. */
    readonly input?: Template;
    /** Names of the states after the Task: whether it is done, the pause, what it has come to. */
    readonly question: string;
    readonly pause: string;
    readonly result: string;
    /** Where the result goes; in place of all where it is left out. */
    readonly resultPath?: string;
  },
): Part {
  return sequence(
    task(name, {
      comment: of.comment,
      ...(of.input === undefined ? {} : { input: { ...of.input, ...withWork } }),
      resultPath: work,
    }),
    choice(of.question, {
      answers: [
        { Variable: `${work}.status`, StringEquals: 'done', Next: of.result },
        { Variable: `${work}.waitSeconds`, NumericEquals: 0, Next: name },
      ],
      otherwise: of.pause,
    }),
    wait(of.pause, {
      comment: 'Five minutes at most, then the same stage is asked again.',
      seconds: `${work}.waitSeconds`,
      next: name,
    }),
    pass(of.result, {
      takes: `${work}.result`,
      ...(of.resultPath === undefined ? {} : { resultPath: of.resultPath }),
    }),
  );
}
