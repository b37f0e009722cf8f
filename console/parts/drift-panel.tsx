import type { DriftMessage } from '../../shared/serving/console/messages.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { shownLine } from '../text.ts';
import { Moment } from './figures.tsx';
import { Table } from './table.tsx';

/** Whether the champion's traffic has changed, by what it is told. */
export function DriftPanel({ of: { drift } }: { of: DriftMessage }) {
  if (drift === null || drift.traces === 0) return <p class="quiet">There is nothing to tell it by yet.</p>;
  const isChanged = drift.signals.some(({ seenAt }) => seenAt !== null);
  return (
    <>
      <p class={isChanged ? undefined : 'quiet'}>
        {isChanged && <span class="tag bad">Changed</span>} {capital(drift.headline)}.
      </p>
      <Table
        caption="Evidence that the traffic has changed; at 1 it is proven"
        columns={['What', 'Over time', { title: 'Now', number: true }, 'Figures', 'Seen']}
        rows={drift.signals.map(({ name, words, level, seenAt, levels }) => [
          name,
          levels.length < 2 ? '–' : <Sparkline points={levels.map((one) => ({ value: one.level, label: one.at }))} />,
          level.toFixed(2),
          words === null ? 'too few yet' : shownLine(words, 200),
          <Moment at={seenAt} />,
        ])}
      />
    </>
  );
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
