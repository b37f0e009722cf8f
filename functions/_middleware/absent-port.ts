/**
 * Stands for a port that a function was built without, so that its code and packages stay out of the bundle.
 * Any use throws an error that says what to add.
 */
export function absentPort<T extends object>(port: string, part: string): T {
  return new Proxy({} as T, {
    get(_target, property) {
      throw new Error(
        `This function has no port ${port}, and ${port}.${String(property)} was asked for: add ${part} to its handler.`,
      );
    },
  });
}
