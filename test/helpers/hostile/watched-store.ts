import type { ObjectStore } from '../../../shared/ports/object-store.ts';

/** A store that remembers which keys it was asked for. */
export function watched(store: ObjectStore, keys: Set<string>): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        keys.add(String(given[0]));
        return method.apply(target, given);
      };
    },
  });
}
