import { type PlotOptions, plot } from '@observablehq/plot';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface ChartProps {
  readonly title: string;
  /** What it says, for those who do not see it. */
  readonly description: string;
  /** What is drawn in a width, in pixels. */
  readonly draw: (width: number) => PlotOptions;
  /** Its legend. */
  readonly children?: ComponentChildren;
  /** The same figures as a table. */
  readonly table?: ComponentChildren;
}

/** A chart as wide as its place, with what it says in words, and its figures as a table. */
export function Chart({ title, description, draw, children, table }: ChartProps) {
  const [place, width] = useWidth();
  useEffect(() => {
    const { current } = place;
    if (current === null || width === 0) return;
    current.replaceChildren(drawn(draw(width), width, `${title}. ${description}`));
  }, [width, draw]);
  return (
    <figure>
      <div ref={place} class="plot" />
      {children !== undefined && <figcaption>{children}</figcaption>}
      {table !== undefined && (
        <details>
          <summary>As a table</summary>
          {table}
        </details>
      )}
    </figure>
  );
}

/** The policy of the page allows no style inline: what the library writes of it is in the style sheet. */
function drawn(options: PlotOptions, width: number, label: string): Element {
  const svg = plot({ ...options, width, className: 'chart', figure: false });
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.removeAttribute('style');
  // The whole is one picture: its parts have no names of their own.
  for (const part of svg.querySelectorAll('[aria-label], [aria-description]')) {
    part.removeAttribute('aria-label');
    part.removeAttribute('aria-description');
  }
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg;
}

function useWidth(): readonly [{ current: HTMLDivElement | null }, number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
