/**
 * What is made under a key, once for all who ask while it is being made or still in use; nobody is kept from forgetting
 * it. For what is too large to be kept, and asked for by several at the same time.
 */
export class WhileHeld<T extends object> {
  readonly #held = new Map<string, WeakRef<T>>();
  readonly #underWay = new Map<string, Promise<T>>();

  /** @param key names all that the result depends on */
  async get(key: string, make: () => Promise<T>): Promise<T> {
    return this.#held.get(key)?.deref() ?? this.#underWay.get(key) ?? this.#begin(key, make);
  }

  #begin(key: string, make: () => Promise<T>): Promise<T> {
    for (const [known, held] of this.#held) if (held.deref() === undefined) this.#held.delete(known);
    const result = make()
      .then((value) => {
        this.#held.set(key, new WeakRef(value));
        return value;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, result);
    return result;
  }
}
