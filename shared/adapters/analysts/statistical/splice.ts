/** Inputs of one label, one after the other: what each asks for, the whole asks for. */
export function joined(inputs: readonly string[]): string {
  return inputs
    .map((input, at) => (at < inputs.length - 1 && !/[.!?]\s*$/.test(input) ? `${input.trimEnd()}.` : input))
    .join(' ');
}
