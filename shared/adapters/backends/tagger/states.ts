/**
 * Labels of tokens in BIO: 0 is outside; of type k, 1 + 2k begins an entity and 2 + 2k is inside one. Inside follows
 * only the beginning or the inside of the same type.
 */
export const outside = 0;

export function beginOf(type: number): number {
  return 1 + 2 * type;
}

export function insideOf(type: number): number {
  return 2 + 2 * type;
}

export function typeOf(state: number): number {
  return (state - 1) >> 1;
}

export function isBegin(state: number): boolean {
  return (state & 1) === 1;
}

export function isInside(state: number): boolean {
  return state > 0 && (state & 1) === 0;
}

export function stateCount(types: number): number {
  return 1 + 2 * types;
}
