import type { Observer } from '../../shared/ports/observer.ts';
import { logger } from './powertools.ts';

const everyMs = 10_000;

/** Tells progress to the log: counts, never text of traces; at most every ten seconds, and at the end. */
export function logObserver(): Observer {
  let last = Date.now();
  return {
    progress(done, total, unit) {
      const now = Date.now();
      if (now - last < everyMs && done !== total) return;
      last = now;
      logger.info('progress', { done, total, unit });
    },
    note(message) {
      logger.info('note', { note: message });
    },
  };
}
