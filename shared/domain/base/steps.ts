/** Work that may be broken off for a moment after each of its steps, so that others have their turn. */
export type Steps<T> = Generator<void, T, void>;

/** Does all steps at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Small things that are done in one step, a few milliseconds of them. */
const together = 500;

/** Each of the values made into another, in steps. */
export function* mapInSteps<A, B>(values: readonly A[], make: (value: A, index: number) => B): Steps<B[]> {
  const made: B[] = [];
  for (const [index, value] of values.entries()) {
    if (index % together === together - 1) yield;
    made.push(make(value, index));
  }
  return made;
}
