import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { ReviewCard } from '../../shared/serving/review-messages.ts';
import { shownLine, shownName } from '../text.ts';
import { outputLine } from './outputs.ts';
import { reasonTitles } from './reasons.ts';

interface CardListProps {
  readonly cards: readonly ReviewCard[];
  /** Who looks at them. */
  readonly reviewer: string;
  /** Index of the card in focus. */
  readonly at: number;
  /** Ids of the cards selected. */
  readonly selected: ReadonlySet<string>;
  readonly onGo: (index: number) => void;
  readonly onToggle: (index: number) => void;
  readonly onExtend: (index: number) => void;
  /** Told when the end comes near. */
  readonly onEnd: () => void;
}

/** Height of a row, in pixels. */
const rowHeight = 62;
const nearTheEnd = 30;

/** All cards that are loaded. Only those that are seen are in the page. */
export function CardList({ cards, reviewer, at, selected, onGo, onToggle, onExtend, onEnd }: CardListProps) {
  const place = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const [virtualizer] = useState(
    () =>
      new Virtualizer<HTMLDivElement, HTMLDivElement>({
        count: cards.length,
        getScrollElement: () => place.current,
        estimateSize: () => rowHeight,
        overscan: 6,
        scrollToFn: elementScroll,
        observeElementRect,
        observeElementOffset,
        onChange: () => redraw(undefined),
      }),
  );
  virtualizer.setOptions({ ...virtualizer.options, count: cards.length });
  useEffect(() => virtualizer._didMount(), []);
  useEffect(() => virtualizer._willUpdate());
  useEffect(() => {
    if (at < cards.length) virtualizer.scrollToIndex(at);
  }, [at, cards.length]);
  const shown = virtualizer.getVirtualItems();
  const last = Math.max(at, shown.at(-1)?.index ?? 0);
  useEffect(() => {
    if (cards.length > 0 && last >= cards.length - nearTheEnd) onEnd();
  }, [last, cards.length]);
  const onClick = (event: MouseEvent, index: number): void => {
    if (event.shiftKey) onExtend(index);
    else if (event.ctrlKey || event.metaKey) onToggle(index);
    else onGo(index);
  };
  return (
    <div
      ref={place}
      id="review-cards"
      class="review-cards"
      role="listbox"
      tabIndex={0}
      aria-label="Cards"
      aria-multiselectable="true"
      aria-activedescendant={shown.some(({ index }) => index === at) ? `review-card-${at}` : undefined}
    >
      <div role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {shown.map(({ index, start }) => {
          const card = cards[index];
          if (card === undefined) return null;
          const isSelected = selected.has(card.cardId);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names the active one
            // biome-ignore lint/a11y/useKeyWithClickEvents: the page's keys do the same
            <div
              key={card.cardId}
              id={`review-card-${index}`}
              role="option"
              aria-selected={isSelected}
              aria-setsize={cards.length}
              aria-posinset={index + 1}
              class={index === at ? 'review-row active' : 'review-row'}
              style={{ transform: `translateY(${start}px)` }}
              onClick={(event) => onClick(event, index)}
            >
              <span class="trace-line">
                {isSelected && (
                  <span class="good" aria-hidden="true">
                    ✓{' '}
                  </span>
                )}
                {shownLine(card.input, 120) || 'an empty text'}
              </span>
              <span class="small row-foot">
                <strong>{outputLine(card.output, card.input, 30)}</strong>
                {card.like > 0 && <span class="quiet">and {card.like} alike</span>}
                {card.why[0] !== undefined && (
                  <span class={`tag ${card.why[0].kind}`}>{reasonTitles[card.why[0].kind]}</span>
                )}
                {card.claim !== null && card.claim.reviewer !== reviewer && (
                  <span class="tag now">{shownName(card.claim.reviewer, 16)}</span>
                )}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
