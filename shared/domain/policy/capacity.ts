/** What a step takes: always, and for what it goes through. */
interface Share {
  readonly always: number;
  readonly thousandTraces: number;
  /** Of their inputs, of each at most {@link mostCharacters}. */
  readonly millionCharacters: number;
}

/** What the largest step of a run that is done in one call takes with models of one kind, as it was measured. */
export interface Effort {
  /** Seconds of one processor. */
  readonly seconds: Share;
  readonly mebibytes: Share;
}

/** What a call has at hand. */
export interface Room {
  readonly processors: number;
  readonly seconds: number;
  readonly mebibytes: number;
}

/** Characters of a text that models look at. */
const mostCharacters = 4_000;
/** Shares of a call's time and memory that are counted on: measurements differ by machine and by text. */
const countedOn = { seconds: 0.5, mebibytes: 0.6 };

/**
 * How many traces, of inputs of these lengths in this order, a step of such an effort can go through in one call.
 */
export function howManyFit(lengths: readonly number[], effort: Effort, room: Room): number {
  const seconds = room.seconds * room.processors * countedOn.seconds;
  const mebibytes = room.mebibytes * countedOn.mebibytes;
  let characters = 0;
  const tooMuch = lengths.findIndex((length, at) => {
    characters += Math.min(length, mostCharacters);
    const takes = ({ always, thousandTraces, millionCharacters }: Share) =>
      always + (thousandTraces * (at + 1)) / 1_000 + (millionCharacters * characters) / 1_000_000;
    return takes(effort.seconds) > seconds || takes(effort.mebibytes) > mebibytes;
  });
  return tooMuch === -1 ? lengths.length : tooMuch;
}
