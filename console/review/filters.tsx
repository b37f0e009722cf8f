import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { goTo, linkTo, withQuery } from '../route.ts';
import { shownName } from '../text.ts';
import { reasonTitles } from './reasons.ts';
import type { LoadedQueue, QueueFilter } from './use-queue.ts';

interface FiltersProps {
  readonly model: string;
  readonly filter: QueueFilter;
  readonly queue: LoadedQueue;
  /** Cards selected. */
  readonly selected: number;
}

/** Which cards are shown, and how many there are. */
export function Filters({ model, filter, queue, selected }: FiltersProps) {
  const go = (change: Partial<QueueFilter>): void => goTo(withQuery(linkTo(model, 'review'), { ...filter, ...change }));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') document.getElementById('review-cards')?.focus();
  };
  return (
    <div class="controls">
      <label for="review-reason">Reason</label>
      <select
        id="review-reason"
        value={filter.reason}
        onChange={(event) => go({ reason: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      >
        <option value="">All</option>
        {Object.entries(reasonTitles).map(([reason, title]) => (
          <option key={reason} value={reason}>
            {title}
          </option>
        ))}
      </select>
      {(queue.labels.length > 0 || filter.label !== '') && (
        <>
          <label for="review-label">About</label>
          <select
            id="review-label"
            value={filter.label}
            onChange={(event) => go({ label: event.currentTarget.value })}
            onKeyDown={onKeyDown}
          >
            <option value="">{queue.task === 'extraction' ? 'All types' : 'All labels'}</option>
            {[...new Set([...(filter.label === '' ? [] : [filter.label]), ...queue.labels])].map((label) => (
              <option key={label} value={label}>
                {shownName(label, 60)}
              </option>
            ))}
          </select>
        </>
      )}
      <span class="quiet small" role="status">
        {plural(queue.total, 'card')}
        {selected > 0 && `, ${formatCount(selected)} selected`}
      </span>
    </div>
  );
}
