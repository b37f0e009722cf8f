import { RatchetError } from '../../domain/base/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** The longest that a timer can wait, milliseconds. */
const longestWait = 2 ** 31 - 1;

/**
 * What the work gives, or a fault once the deadline is there. The signal alone would not do: between two tries the
 * providers' clients sleep without looking at it.
 * @param deadline milliseconds since the epoch; may be infinite
 * @param work is told how many milliseconds are left
 * @throws RatchetError ChatUnavailable at the deadline
 */
export async function withinDeadline<T>(
  deadline: number,
  clock: Clock,
  work: (signal: AbortSignal, left: number) => Promise<T>,
): Promise<T> {
  const left = Math.min(longestWait, Math.floor(deadline - clock.now()));
  const late = () =>
    new RatchetError('ChatUnavailable', `The chat model gave no answer in the ${seconds(left)} there were.`);
  if (left <= 0) throw late();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
      controller.abort();
    }, left);
  });
  try {
    return await Promise.race([work(controller.signal, left), end]);
  } finally {
    clearTimeout(timer);
  }
}

function seconds(milliseconds: number): string {
  return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
}
