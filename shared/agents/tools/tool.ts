import type { ZodType } from 'zod';
import type { Json } from '../../domain/base/json.ts';
import type { Pin } from '../agent-state.ts';

/** What a call comes to. Trace text may stand in `value` alone: it reaches the model within a data block. */
export interface ToolOutcome {
  /** What the model is told; of a list each entry on a line of its own. */
  readonly value: Json;
  /** Stays in the agent's view to the letter. */
  readonly pin?: Pin;
  /** Takes the place of what the agent had handed in. */
  readonly handIn?: Json;
  /** Why parts of what was proposed do not stand, a reason each; none by default. */
  readonly refusals?: readonly string[];
}

/** What a tool changes in the world. It is claimed by `key` before it happens. */
export interface ToolEffect<A> {
  /**
   * @param key object key of this very call, the agent's own
   * @param turn that it is called in
   */
  perform(given: A, key: string, turn: number): Promise<ToolOutcome>;
  /**
   * Whether a call that was begun, and of which nobody knows if it ended, did happen; null where it did not. Without
   * this method nobody can tell, and the model is told so.
   */
  find?(given: A, key: string): Promise<ToolOutcome | null>;
}

/**
 * What an agent can call. It takes ids and typed arguments; free text in them never becomes an effect but as text.
 * Faults of the name `InvalidInput` and `ForbiddenQuery` are told to the model; others end the step.
 */
export interface Tool<A = never> {
  readonly name: string;
  readonly description: string;
  readonly given: ZodType<A>;
  /** What it reads; absent of a tool with an effect, or with long work. */
  read?(given: A): Promise<ToolOutcome>;
  readonly effect?: ToolEffect<A>;
  /**
   * What takes longer than a call may: it keeps what it has done below its folder, so that it can be called again and goes
   * on where it was. It changes nothing else.
   * @returns null where the time is over before it is done
   */
  work?(given: A, place: WorkPlace): Promise<ToolOutcome | null>;
}

/** Where long work of a tool keeps what it has done, and until when it may take. */
export interface WorkPlace {
  /** Object key prefix of this very call, without a slash at its end. */
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}
