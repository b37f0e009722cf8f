import { allFormats } from '../intake/formats/all-formats.ts';
import type { TraceFormat } from '../ports/trace-format.ts';

/** All formats that traces are read from, for laptop, functions and deployed stacks alike. */
export function createFormats(): readonly TraceFormat[] {
  return allFormats;
}
