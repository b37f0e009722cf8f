import type { JsonObject } from './records.ts';
import { known, objectOf, objectsOf, textOf } from './untrusted.ts';

/** A trajectory as a question, an answer, and how it came to it. */
export interface Trajectory {
  readonly system: string | null;
  /** The first message of the user; null where there is none. */
  readonly input: string | null;
  /** The last message of the agent; null where it said nothing. */
  readonly output: string | null;
  readonly steps: readonly JsonObject[];
}

/** The steps of a trajectory, in order, less the question and the answer. */
export function trajectoryOf(steps: readonly JsonObject[]): Trajectory {
  const own = steps.filter((step) => step.is_copied_context !== true);
  const question = own.find((step) => step.source === 'user' && messageOf(step) !== null);
  const answer = own.findLast((step) => step.source === 'agent' && messageOf(step) !== null);
  const names = new Map(
    own.flatMap((step) => objectsOf(step.tool_calls).map((call) => [call.tool_call_id, call.function_name] as const)),
  );
  const before = own.slice(0, question === undefined ? 0 : own.indexOf(question));
  const system = before.find((step) => step.source === 'system');
  return {
    system: system === undefined ? null : messageOf(system),
    input: question === undefined ? null : messageOf(question),
    output: answer === undefined ? null : messageOf(answer),
    steps: own.flatMap((step) => (step === question || step === system ? [] : stepsOf(step, step === answer, names))),
  };
}

function stepsOf(step: JsonObject, isAnswer: boolean, names: ReadonlyMap<unknown, unknown>): readonly JsonObject[] {
  const reasoning = textOf(step.reasoning_content);
  const message = isAnswer ? null : messageOf(step);
  return [
    ...(reasoning === null ? [] : [{ type: 'reasoning', output: reasoning }]),
    ...(message === null ? [] : [{ type: 'message', ...known({ name: textOf(step.source) }), output: message }]),
    ...objectsOf(step.tool_calls).map((call) => ({
      type: 'tool_call',
      ...known({ name: textOf(call.function_name), input: call.arguments }),
    })),
    ...objectsOf(objectOf(step.observation)?.results).map((result) => ({
      type: 'tool_result',
      ...known({ name: textOf(names.get(result.source_call_id)), output: textIn(result.content) ?? result.content }),
    })),
  ];
}

function messageOf(step: JsonObject): string | null {
  return textIn(step.message);
}

/** A text, or the texts of a list of parts (from v1.6 on). */
function textIn(value: unknown): string | null {
  if (typeof value === 'string') return textOf(value.trim());
  const texts = objectsOf(value).flatMap((part) => textOf(part.text) ?? []);
  return texts.length === 0 ? null : texts.join('\n');
}
