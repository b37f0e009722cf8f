import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorName, RatchetError } from '../../shared/domain/base/errors.ts';

/** What may befall a call of a port. */
export const faultKinds = [
  /** Refused as too much at once; nothing happened, and a later call may succeed. */
  'throttle',
  /** Refused, and the next calls of the port as well. */
  'outage',
  /** It happened, and the answer is lost. */
  'lost-answer',
  /** It happens twice, one after the other; the answer is the second's. */
  'twice',
  /** It happens twice at once; the answer is the first's. */
  'at-once',
  /** A read gives what an earlier read gave. */
  'stale',
  /** A write leaves a part of a file where files are written before they appear, and fails. */
  'torn',
  /** The clock jumps, ahead or back. */
  'clock',
  /** It is told later than others that were asked after it. */
  'late',
  /** A chat model's answer ends in the middle. */
  'cut-off',
  /** The arguments of a call that it writes are no JSON. */
  'malformed-call',
  /** It writes each call twice. */
  'repeated-call',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Injected {
  readonly kind: FaultKind;
  /** Port, method and what it was asked for. */
  readonly call: string;
}

export interface FaultPlan {
  readonly seed: number;
  /** Of the calls, a fraction. */
  readonly rate: number;
  /** Of the calls of the chat model, where it is another. */
  readonly chatRate?: number;
  readonly kinds: ReadonlySet<FaultKind>;
}

/** A call as the faults know it. */
export interface Call<T> {
  readonly port: string;
  readonly method: string;
  /** What tells it from other calls of the method; no text of traces. */
  readonly what: string;
  /** What can befall it, beside being throttled, in an outage and late, which all can. */
  readonly can: readonly FaultKind[];
  /** The fault that the port's contract has for what may be tried again; `StorageFailure` by default. */
  readonly error?: ErrorName;
  /** What a fault makes of the answer, for those that leave one. */
  readonly spoilt?: (answer: T, kind: FaultKind) => T;
  readonly work: () => Promise<T>;
}

const longestOutage = 40;
const mostLateMs = 8;
const yearMs = 365 * 86_400_000;

/**
 * Decides what befalls which call. The same seed gives the same faults to the same calls, in whatever order they come:
 * each call is known by what it asks for and how often that was asked before.
 */
export class Faults {
  readonly injected: Injected[] = [];
  readonly #plan: FaultPlan;
  readonly #asked = new Map<string, number>();
  readonly #outages = new Map<string, number>();
  readonly #seen = new Map<string, unknown>();
  #clockOffset = 0;
  #dead = false;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** From now on no call reaches the world, as of a process that has ended. */
  end(): void {
    this.#dead = true;
  }

  /** @param tear leaves a part of a file behind, for calls that can be torn */
  async around<T>(call: Call<T>, tear: () => Promise<void> = async () => undefined): Promise<T> {
    const { port, method, what, can, error = 'StorageFailure', spoilt = (answer) => answer, work } = call;
    if (this.#dead) throw new RatchetError('ExecutionStopped', 'The process has ended.');
    const name = `${port}.${method} ${what}`;
    const left = this.#outages.get(port) ?? 0;
    if (left > 0) {
      this.#outages.set(port, left - 1);
      this.injected.push({ kind: 'outage', call: name });
      throw new RatchetError(error, `${port}: 500, internal error (made up).`);
    }
    const kind = this.#choose(port, name, [...can, 'throttle', 'outage', 'late', 'clock']);
    if (kind !== null) this.injected.push({ kind, call: name });
    switch (kind) {
      case 'throttle':
        throw new RatchetError(error, `${port}: 503, slow down (made up).`);
      case 'outage':
        this.#outages.set(port, this.#draw(`${name} outage`).below(longestOutage));
        throw new RatchetError(error, `${port}: 500, internal error (made up).`);
      case 'torn':
        await tear();
        throw new RatchetError(error, `${port}: EIO (made up).`);
      case 'lost-answer':
        await work();
        throw new RatchetError(error, `${port}: timed out (made up).`);
      case 'twice':
        await work();
        return work();
      case 'at-once': {
        const both = await Promise.allSettled([work(), work()]);
        const [first] = both;
        if (first.status === 'rejected') throw first.reason;
        return first.value;
      }
      case 'late':
        await sleep(this.#draw(`${name} late`).below(mostLateMs));
        return work();
      case 'clock':
        this.#clockOffset = this.#jump(name);
        return work();
      case 'cut-off':
      case 'malformed-call':
      case 'repeated-call':
        return spoilt(await work(), kind);
      case 'stale':
        return this.#seen.has(name) ? (this.#seen.get(name) as T) : this.#read(name, can, work);
      default:
        return this.#read(name, can, work);
    }
  }

  /** Milliseconds since the epoch, by a clock that jumps. */
  now(real: number): number {
    return real + this.#clockOffset;
  }

  /** Reads, and keeps what was read for a stale read. */
  async #read<T>(name: string, can: readonly FaultKind[], work: () => Promise<T>): Promise<T> {
    const value = await work();
    if (can.includes('stale')) this.#seen.set(name, value);
    return value;
  }

  #choose(port: string, name: string, can: readonly FaultKind[]): FaultKind | null {
    const times = (this.#asked.get(name) ?? 0) + 1;
    this.#asked.set(name, times);
    const draw = this.#draw(`${name} ${times}`);
    const { rate, chatRate = rate } = this.#plan;
    if (draw.next() >= (port === 'chat' ? chatRate : rate)) return null;
    const possible = can.filter((kind) => this.#plan.kinds.has(kind));
    const kind = possible[draw.below(possible.length)] ?? null;
    // An outage ends most of what it meets, so that little else would be seen.
    return kind === 'outage' && draw.next() < 0.7 ? null : kind;
  }

  /** Back to the right time, minutes, days or years off. */
  #jump(name: string): number {
    const draw = this.#draw(`${name} clock`);
    const sizes = [0, 60_000, 20 * 60_000, 86_400_000, 30 * 86_400_000, yearMs];
    const size = sizes[draw.below(sizes.length)] ?? 0;
    return (draw.next() < 0.5 ? -1 : 1) * size;
  }

  #draw(name: string): { next(): number; below(bound: number): number } {
    const bytes = createHash('sha256').update(`${this.#plan.seed} ${name}`).digest();
    let at = 0;
    const next = () => {
      const drawn = bytes.readUInt32BE(at) / 2 ** 32;
      at = (at + 4) % 32;
      return drawn;
    };
    return { next, below: (bound) => Math.floor(next() * bound) };
  }
}
