/** A place in a text, in UTF-16 units; the end is exclusive. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** Those that lie in no other, in order; of two that cross, or are the same place, the first. */
export function outermost<P extends Place>(places: readonly P[]): P[] {
  const kept: P[] = [];
  for (const place of [...places].sort(inOrder)) {
    const last = kept.at(-1);
    if (last === undefined || last.end <= place.start) kept.push(place);
  }
  return kept;
}

/** By their beginning, and what ends later first. */
export function inOrder(a: Place, b: Place): number {
  return a.start - b.start || b.end - a.end;
}

/** All pairs that share characters. @param places {@link inOrder} */
export function* meetings<P extends Place>(places: readonly P[]): Generator<[P, P]> {
  for (const [at, first] of places.entries()) {
    for (let next = at + 1; next < places.length; next++) {
      const second = places[next] as P;
      if (second.start >= first.end) break;
      yield [first, second];
    }
  }
}
