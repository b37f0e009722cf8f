const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Numbers as bars of text, the largest the full height and 0 the lowest bar; a dot for what is not known.
 * @param values none below 0
 */
export function sparkline(values: readonly (number | null)[]): string {
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return values
    .map((value) => {
      if (value === null) return '·';
      return bars[most === 0 ? 0 : Math.round((value / most) * (bars.length - 1))] ?? '';
    })
    .join('');
}
