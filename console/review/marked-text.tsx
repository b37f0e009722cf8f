import { shownName, shownText } from '../text.ts';
import type { Entity } from './outputs.ts';
import { piecesOf, type Range } from './pieces.ts';

interface MarkedTextProps {
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly selection?: Range | null;
}

/** Text of a trace with its entities marked, each followed by its type. */
export function MarkedText({ text, entities, selection = null }: MarkedTextProps) {
  return (
    <>
      {piecesOf(text, entities, selection).map(({ start, end, entity, ends, selected }) => {
        const shown = shownText(text.slice(start, end));
        const chosen = selected ? 'chosen' : undefined;
        return (
          <span key={`${start}-${end}`} data-start={start} data-end={end} class={chosen}>
            {entity === null ? shown : <mark>{shown}</mark>}
            {ends.map(({ label, start: from }) => (
              <span key={`${from} ${label}`} class="mark-type">
                {shownName(label, 40)}
              </span>
            ))}
          </span>
        );
      })}
    </>
  );
}
