import type { DetectorName } from './detector-name.ts';

/** What a detector saw in one text. */
export interface Finding {
  /** As it stands in the trace's triage. */
  readonly kind: DetectorName;
  /** How sure the detector is, a fraction; detectors keep silent below their own threshold. */
  readonly strength: number;
  /** One clause with the measured value in it. */
  readonly reason: string;
}

/** Quotes a piece of a text in a reason, cut to 40 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}
