interface Point {
  readonly value: number;
  readonly label: string;
}

const width = 120;
const height = 28;
const edge = 4;

/** A line over runs, from zero up, its last point marked. Said in words beside it, so that it is hidden to readers. */
export function Sparkline({ points }: { points: readonly Point[] }) {
  const most = Math.max(...points.map(({ value }) => value), Number.MIN_VALUE);
  const x = (at: number): number =>
    points.length < 2 ? width / 2 : edge + (at * (width - 2 * edge)) / (points.length - 1);
  const y = (value: number): number => height - edge - (value / most) * (height - 2 * edge);
  const last = points.at(-1);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <line x1={edge} x2={width - edge} y1={height - edge} y2={height - edge} class="spark-zero" />
      <polyline points={points.map(({ value }, at) => `${x(at)},${y(value)}`).join(' ')} class="spark-line" />
      {last !== undefined && <circle cx={x(points.length - 1)} cy={y(last.value)} r="3" class="spark-last" />}
    </svg>
  );
}
