import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../shared/serving/messages.ts';
import type { ReviewCard, ReviewQueue } from '../../shared/serving/review-messages.ts';
import { ApiError, getJson, modelPath } from '../api/client.ts';
import { withQuery } from '../route.ts';

export interface QueueFilter {
  readonly label: string;
  readonly reason: string;
}

export interface LoadedQueue extends Omit<ReviewQueue, 'cards'> {
  /** Those that are loaded so far. */
  readonly cards: readonly ReviewCard[];
}

export interface QueueHold {
  /** Null until it was asked once. */
  readonly queue: LoadedQueue | null;
  readonly problem: Problem | null;
  loadMore(): void;
  /** Asks for it anew, as far as it was loaded. @returns what there is now; null where it could not be had */
  reload(): Promise<LoadedQueue | null>;
  /** Takes cards out before the server has done so. */
  drop(cardIds: ReadonlySet<string>): void;
}

const firstPage = 60;
const furtherPage = 200;
const largestPage = 1_000;

/** The cards for a reviewer, by pages. */
export function useQueue(model: string, reviewer: string, { label, reason }: QueueFilter): QueueHold {
  const [queue, setQueue] = useState<LoadedQueue | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const held = useRef<LoadedQueue | null>(null);
  const asked = useRef<AbortController | null>(null);
  const asking = useRef(false);
  const keep = useCallback((next: LoadedQueue | null) => {
    held.current = next;
    setQueue(next);
  }, []);

  const ask = useCallback(
    async (limit: number, after: string | null): Promise<LoadedQueue | null> => {
      if (after === null) asked.current?.abort();
      const abort = new AbortController();
      asked.current = abort;
      asking.current = true;
      const query = { reviewer, label, reason, limit: String(limit), after: after ?? '' };
      try {
        const page = await getJson<ReviewQueue>(withQuery(modelPath(model, 'review', 'queue'), query), abort.signal);
        const before = after === null ? [] : (held.current?.cards ?? []);
        const known = new Set(before.map(({ cardId }) => cardId));
        const next = { ...page, cards: [...before, ...page.cards.filter(({ cardId }) => !known.has(cardId))] };
        keep(next);
        setProblem(null);
        return next;
      } catch (error) {
        if (abort.signal.aborted) return null;
        if (!(error instanceof ApiError)) throw error;
        setProblem(error.problem);
        return null;
      } finally {
        if (asked.current === abort) asking.current = false;
      }
    },
    [model, reviewer, label, reason],
  );

  useEffect(() => {
    keep(null);
    void ask(firstPage, null);
    return () => asked.current?.abort();
  }, [ask]);

  return {
    queue,
    problem,
    loadMore: () => {
      const next = held.current?.next ?? null;
      if (next !== null && !asking.current) void ask(furtherPage, next);
    },
    reload: () => ask(Math.min(largestPage, Math.max(firstPage, held.current?.cards.length ?? 0)), null),
    drop: (cardIds) => {
      const now = held.current;
      if (now === null) return;
      const cards = now.cards.filter(({ cardId }) => !cardIds.has(cardId));
      keep({ ...now, cards, total: now.total - (now.cards.length - cards.length) });
    },
  };
}
