/** Which item of a Map a step's input is of; `all` for a step of no Map. */
export function itemOf(input: unknown): string {
  if (typeof input !== 'object' || input === null || !('item' in input)) return 'all';
  return typeof input.item === 'string' ? input.item : 'all';
}
