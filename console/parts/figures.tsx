import type { ComponentChildren } from 'preact';
import { formatDuration, formatInstant, formatPercent } from '../../shared/loop/report/format.ts';

/** A figure with its name, and what it rests on. */
export function Figure({ name, value, note }: { name: string; value: ComponentChildren; note?: ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class="value">{value}</span>
        {note !== undefined && <span class="note">{note}</span>}
      </dd>
    </div>
  );
}

export function percentOr(fraction: number | null | undefined, none = '–'): string {
  return fraction === null || fraction === undefined ? none : formatPercent(fraction);
}

/** A moment for people, exact in its title. */
export function Moment({ at }: { at: string | null }) {
  if (at === null) return <span class="quiet">–</span>;
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {agoOf(at, Date.now())}
    </time>
  );
}

/** `3 min ago`, or the day where that is longer ago than two days. */
export function agoOf(at: string, now: number): string {
  const seconds = Math.round((now - Date.parse(at)) / 1000);
  if (!Number.isFinite(seconds)) return at;
  if (seconds < 60) return 'just now';
  if (seconds < 2 * 86_400) return `${formatDuration(at, new Date(now).toISOString())} ago`;
  return at.slice(0, 10);
}

/** A decision of a run, or how it stands. */
export function Decision({ run }: { run: { status: string; decision: string | null } }) {
  const [word, tone] =
    run.status === 'running'
      ? ['Running', 'now']
      : run.status === 'failed'
        ? ['Failed', 'bad']
        : run.decision === 'promoted'
          ? ['Promoted', 'good']
          : ['Kept', 'kept'];
  return <span class={`tag ${tone}`}>{word}</span>;
}
