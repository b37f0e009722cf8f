import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Problem } from '../../shared/serving/messages.ts';
import { ApiError, getJson, tokens } from './client.ts';

/** What was asked of the server: what came last stays while it is asked anew. */
export interface Resource<T> {
  readonly data: T | null;
  /** Of the last time it was asked; null where that went well. */
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  reload(): void;
}

interface Held<T> {
  readonly path: string;
  readonly data: T | null;
  readonly problem: Problem | null;
}

/** An unreachable server is asked again this often. */
const againMs = 5_000;

/**
 * Asks the server for something, and again where `everyMs` says so, while the tab is seen.
 * @param path null asks nothing
 */
export function useResource<T>(path: string | null, everyMs: number | null = null): Resource<T> {
  const [held, setHeld] = useState<Held<T> | null>(null);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    tokens.addEventListener('kept', reload);
    return () => tokens.removeEventListener('kept', reload);
  }, []);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (ms: number): void => {
      timer = setTimeout(() => (document.hidden ? later(ms) : void load()), ms);
    };
    const load = async (): Promise<void> => {
      try {
        const data = await getJson<T>(path, abort.signal);
        setHeld({ path, data, problem: null });
        if (everyMs !== null) later(everyMs);
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        const { problem } = error;
        setHeld((before) => ({ path, data: before?.path === path ? before.data : null, problem }));
        if (problem.status === 0 || problem.status === 503) later(againMs);
      }
    };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, turn, everyMs]);
  const own = held?.path === path ? held : null;
  return { data: own?.data ?? null, problem: own?.problem ?? null, isLoading: path !== null && own === null, reload };
}
