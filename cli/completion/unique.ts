import type { OptionShape } from './command-shape.ts';

/** Each option once. */
export function unique(options: readonly OptionShape[]): readonly OptionShape[] {
  return [...new Map(options.map((option) => [option.flag, option])).values()];
}
