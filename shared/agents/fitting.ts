import type { Json } from '../domain/base/json.ts';
import { dataLine } from './data-block.ts';

/** As many of the values, from the first on, as fit into so many bytes; none is cut. */
export function fitting(values: readonly Json[], bytes: number): readonly Json[] {
  let left = bytes;
  const end = values.findIndex((value) => {
    left -= Buffer.byteLength(dataLine(value)) + 1;
    return left < 0;
  });
  return end === -1 ? values : values.slice(0, end);
}
