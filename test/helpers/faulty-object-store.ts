import { storageFailure } from '../../shared/adapters/local/storage-failure.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

export interface ObjectFault {
  /** Keys that it strikes. */
  readonly key: RegExp;
  /** `full`: a write finds no space. `gone`: a read finds nothing. `broken`: reads and writes fail with EIO. */
  readonly kind: 'full' | 'gone' | 'broken';
  /** How often; always by default. */
  times?: number;
}

/** An {@link ObjectStore} over another one, with faults that tests put in and take out. */
export class FaultyObjectStore implements ObjectStore {
  readonly #inner: ObjectStore;
  faults: ObjectFault[] = [];

  constructor(inner: ObjectStore) {
    this.#inner = inner;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#strike('broken', 'read', key, 'EIO');
    return this.#struck('gone', key) ? undefined : this.#inner.get(key);
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    this.#strike('broken', 'write', key, 'EIO');
    this.#strike('full', 'write', key, 'ENOSPC');
    await this.#inner.put(key, body);
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    this.#strike('broken', 'write', key, 'EIO');
    this.#strike('full', 'write', key, 'ENOSPC');
    return this.#inner.putIfAbsent(key, body);
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.#inner.list(prefix);
  }

  delete(key: string): Promise<void> {
    return this.#inner.delete(key);
  }

  withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    return this.#inner.withLocalFile(key, use);
  }

  #strike(kind: ObjectFault['kind'], action: string, key: string, code: string): void {
    if (this.#struck(kind, key)) throw storageFailure(action, key, Object.assign(new Error(code), { code }));
  }

  #struck(kind: ObjectFault['kind'], key: string): boolean {
    const fault = this.faults.find((one) => one.kind === kind && one.key.test(key) && one.times !== 0);
    if (fault?.times !== undefined) fault.times -= 1;
    return fault !== undefined;
  }
}
