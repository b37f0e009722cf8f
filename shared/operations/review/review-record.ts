import { type ReviewEntry, reviewEntrySchema } from '../../domain/review/review-entry.ts';
import { Reviewed } from '../../domain/review/reviewed.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';

type RecordPorts = Pick<Ports, 'objects' | 'traceLog'>;

/**
 * What reviewers did with a model, an object an entry in an order that has no gap: an entry is written only where there is
 * none. It is written before its judgements go into the trace log, under a name of their own that makes putting them there
 * again harmless: what was broken off between the two is made up for when it is read.
 */
export class ReviewRecord {
  readonly reviewed = new Reviewed();
  readonly #modelId: string;
  readonly #ports: RecordPorts;
  #last = 0;

  private constructor(modelId: string, ports: RecordPorts) {
    this.#modelId = modelId;
    this.#ports = ports;
  }

  static async open(modelId: string, ports: RecordPorts): Promise<ReviewRecord> {
    const record = new ReviewRecord(modelId, ports);
    await record.catchUp();
    return record;
  }

  /** Reads what is new, and makes up for what was broken off: what this knows of is in the log. */
  async catchUp(): Promise<void> {
    const keys = await this.#ports.objects.list(prefixOf(this.#modelId));
    const fresh = keys.filter((key) => positionOf(key) > this.#last);
    if (fresh.length === 0) return;
    const entries = await Promise.all(fresh.map((key) => readJson(this.#ports.objects, key, reviewEntrySchema)));
    const there = new Set((await this.#ports.traceLog.history(this.#modelId)).map(({ batchId }) => batchId));
    for (const [at, entry] of entries.entries()) {
      if (!there.has(nameOf(entry))) await this.#settle(entry);
      this.reviewed.add(entry);
      this.#last = positionOf(fresh[at] ?? '');
    }
  }

  /**
   * Enters what somebody did, then puts its judgements into the log: once this resolves they are there for good.
   * @returns false where another entry came first, so that it has to be thought over: nothing was entered
   */
  async enter(entry: ReviewEntry): Promise<boolean> {
    const position = this.#last + 1;
    const body = new TextEncoder().encode(JSON.stringify(entry));
    if (!(await this.#ports.objects.putIfAbsent(keyOf(this.#modelId, position), body))) {
      await this.catchUp();
      return false;
    }
    await this.#settle(entry);
    this.reviewed.add(entry);
    this.#last = position;
    return true;
  }

  async #settle(entry: ReviewEntry): Promise<void> {
    const { traceLog } = this.#ports;
    const traceIds = entry.judgements.map(({ traceId }) => traceId);
    if (traceIds.length === 0) return;
    const erased = await traceLog.erasedAmong(this.#modelId, traceIds);
    const judgements = entry.judgements.filter(({ traceId }) => !erased.has(traceId));
    const takesBack = entry.kind === 'undo' ? { takesBack: entry.undoes } : {};
    await traceLog.append(this.#modelId, nameOf(entry), { traces: [], judgements, ...takesBack });
  }
}

/** Names an entry among the batches of the log. */
function nameOf(entry: ReviewEntry): string {
  return entry.kind === 'action' ? entry.actionId : entry.undoId;
}

function prefixOf(modelId: string): string {
  return `models/${modelId}/reviews/`;
}

function keyOf(modelId: string, position: number): string {
  return `${prefixOf(modelId)}${String(position).padStart(9, '0')}.json`;
}

function positionOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1, -'.json'.length));
}
