import type { Ids } from '../../shared/ports/ids.ts';

/** Ids `prefix-000001`, `prefix-000002`…, one count for all prefixes. */
export class CountingIds implements Ids {
  #count = 0;

  next(prefix: string): string {
    this.#count += 1;
    return `${prefix}-${String(this.#count).padStart(6, '0')}`;
  }
}
