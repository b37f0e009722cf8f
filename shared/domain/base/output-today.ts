import type { LabelReading } from './label-change.ts';
import type { Output } from './output.ts';

/**
 * An output of any time in the labels of today; what was split in it stays as it was.
 * @param reading null where the labels were never changed
 */
export function outputToday(output: Output, reading: LabelReading | null): Output {
  return reading === null ? output : reading.translate(output).closest;
}
