import { useEffect, useRef } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatPercent } from '../../shared/loop/report/format.ts';
import { useKeys } from '../keys.ts';
import { shownLine } from '../text.ts';
import type { Draft, Reach, Similar } from './draft.ts';
import { mostPreviewed } from './draft.ts';
import { outputLine } from './outputs.ts';

interface PreviewPanelProps {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  readonly apply: () => void;
  readonly cancel: () => void;
}

/** What a correction goes to, before it is entered: near-duplicates, and what is like it; both can be left out. */
export function PreviewPanel({ draft, change, apply, cancel }: PreviewPanelProps) {
  const { expected, cards, reach, withLike, propagate } = draft;
  const like = reach?.like ?? [];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const setLike = (): void => change({ ...draft, withLike: !withLike });
  const setPropagate = (): void => change({ ...draft, propagate: !propagate });
  useKeys('Before it counts', [
    { keys: 'Enter', does: 'correct', run: apply },
    { keys: 'Ctrl+Enter', does: '', run: apply },
    ...(like.length > 0 ? [{ keys: 'l', does: 'near-duplicates too, or not', run: setLike }] : []),
    ...(reach !== null && reach.total > 0
      ? [{ keys: 'p', does: 'carry it over to what is like it, or not', run: setPropagate }]
      : []),
    { keys: 'Escape', does: 'back, nothing changed', run: cancel },
  ]);
  return (
    <section class="preview" aria-labelledby="preview-title">
      <h3 id="preview-title" tabIndex={-1} ref={heading}>
        Correct {cards.length === 1 ? 'this card' : plural(cards.length, 'card')} to{' '}
        <span class="good">{outputLine(expected, cards[0]?.input ?? '', 120)}</span>
      </h3>
      {like.length > 0 && (
        <div class="goes-with">
          <label>
            <input type="checkbox" checked={withLike} onChange={setLike} /> <kbd>l</kbd> and{' '}
            {plural(like.length, 'near-duplicate')}
          </label>
          <Sample of={like} />
        </div>
      )}
      {reach !== null && reach.total > 0 && (
        <div class="goes-with">
          <label>
            <input type="checkbox" checked={propagate} onChange={setPropagate} /> <kbd>p</kbd> and carry it over to{' '}
            {cards.length > 1 && 'up to '}
            {plural(reach.total, 'trace')} that nobody has judged
          </label>
          <p class="quiet small">{precisionWords(reach)}</p>
          <Sample of={reach.propagated} />
        </div>
      )}
      {reach === null && <p class="quiet small">Of more than {mostPreviewed} cards at once nothing is carried over.</p>}
      <p class="controls">
        <button type="button" class="primary" onClick={apply}>
          Correct <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={cancel}>
          Back <kbd>Esc</kbd>
        </button>
      </p>
    </section>
  );
}

function precisionWords({ threshold, precision }: Reach): string {
  if (precision === null) return 'Only texts of the same words: too few judged pairs tell how far it may go.';
  const { estimate, lower, n } = precision;
  return `Similarity of ${threshold.toFixed(2)} or more; of ${formatCount(n)} judged pairs as similar ${formatPercent(estimate)} agree, at least ${formatPercent(lower)} with 95 % confidence.`;
}

const sampled = 3;

function Sample({ of }: { of: readonly Similar[] }) {
  return (
    <ul class="sample small">
      {of.slice(0, sampled).map(({ traceId, input, output, similarity }) => (
        <li key={traceId}>
          <span class="trace-line">{shownLine(input, 140)}</span>
          <span class="quiet">
            {outputLine(output, input, 30)}, {similarity.toFixed(2)}
          </span>
        </li>
      ))}
      {of.length > sampled && (
        <li>
          <details>
            <summary>{plural(of.length - sampled, 'more', 'more')}</summary>
            {of.slice(sampled).map(({ traceId, input }) => (
              <span key={traceId} class="trace-line block">
                {shownLine(input, 140)}
              </span>
            ))}
          </details>
        </li>
      )}
    </ul>
  );
}
