import type { ComponentChildren } from 'preact';

export type Column = string | { readonly title: string; readonly number?: boolean };

interface TableProps {
  readonly caption: string;
  /** Whether the caption is for those alone who do not see what the table is about. */
  readonly captionUnseen?: boolean;
  readonly columns: readonly Column[];
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table that scrolls by itself where its place is narrow. */
export function Table({ caption, captionUnseen = false, columns, rows }: TableProps) {
  const isNumber = (at: number): boolean => {
    const column = columns[at];
    return typeof column === 'object' && column.number === true;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption class={captionUnseen ? 'unseen' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={at} scope="col" class={isNumber(at) ? 'number' : undefined}>
                {typeof column === 'string' ? column : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) =>
                at === 0 ? (
                  <th key={at} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={at} class={isNumber(at) ? 'number' : undefined}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
