const earliest = Date.parse('2000-01-01T00:00:00Z');

/**
 * The times of traces that a log gave newest first, so that they fall in that order. The log puts a trace of a time that
 * cannot be, under a clock that stood elsewhere, where it arrived; its time is then that of the trace before it.
 * @param times ISO 8601
 */
export function timesInOrder(times: readonly string[]): readonly string[] {
  let before: string | null = null;
  return times.map((own) => {
    const at = Date.parse(own);
    if (at >= earliest && (before === null || at <= Date.parse(before))) before = own;
    return before ?? own;
  });
}
