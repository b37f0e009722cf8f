import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';

interface VirtualListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Height of a row before it was measured, in pixels. */
  readonly rowHeight: number;
  readonly row: (item: T, at: number) => ComponentChildren;
  /** Told when the end comes near. */
  readonly onEnd?: () => void;
}

/** A list of which only what is seen, and a little beside, is in the page: ten thousand rows scroll like ten. */
export function VirtualList<T>({ label, items, keyOf, rowHeight, row, onEnd }: VirtualListProps<T>) {
  const place = useRef<HTMLUListElement>(null);
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const [virtualizer] = useState(
    () =>
      new Virtualizer<HTMLUListElement, HTMLLIElement>({
        count: items.length,
        getScrollElement: () => place.current,
        estimateSize: () => rowHeight,
        overscan: 6,
        scrollToFn: elementScroll,
        observeElementRect,
        observeElementOffset,
        onChange: () => redraw(undefined),
      }),
  );
  virtualizer.setOptions({ ...virtualizer.options, count: items.length });
  useEffect(() => virtualizer._didMount(), []);
  useEffect(() => virtualizer._willUpdate());
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 20) onEnd?.();
  }, [last, items.length]);
  const total = virtualizer.getTotalSize();
  const before = shown[0]?.start ?? 0;
  const after = total - (shown.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
    <ul ref={place} class="virtual" tabIndex={0} aria-label={label}>
      <li style={{ height: `${before}px` }} aria-hidden="true" class="gap" />
      {shown.map(({ index }) => {
        const item = items[index];
        if (item === undefined) return null;
        return (
          <li
            key={keyOf(item)}
            data-index={index}
            ref={(node: HTMLLIElement | null) => virtualizer.measureElement(node)}
            aria-setsize={items.length}
            aria-posinset={index + 1}
          >
            {row(item, index)}
          </li>
        );
      })}
      <li style={{ height: `${Math.max(0, after)}px` }} aria-hidden="true" class="gap" />
    </ul>
  );
}
