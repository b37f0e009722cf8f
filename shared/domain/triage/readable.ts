/** Detectors read no more of a text than this, in UTF-16 code units: enough to know it by, whatever its length. */
export const charactersRead = 8_000;

/** The part of a text that detectors read. */
export function readable(input: string): string {
  return input.length > charactersRead ? input.slice(0, charactersRead) : input;
}
