/** A place in a text that tells who somebody is. */
export interface DetectedSpan {
  /** UTF-16 units from the start of the text; `end` is behind the last. */
  readonly start: number;
  readonly end: number;
  /** What it is, in capitals, digits and `_`, as the placeholder names it: `EMAIL`. */
  readonly kind: string;
  /** The value in the form in which two spellings of it are equal. */
  readonly value: string;
}

/** Finds what is not to be stored. Takes time in proportion to the text, whatever it holds. */
export interface Detector {
  readonly name: string;
  /** Places in the text; they may overlap. */
  find(text: string): readonly DetectedSpan[];
}
