import type { plot } from '@observablehq/plot';
import type { parseHTML } from 'linkedom';

/** A plot as a file of its own, with a title for whoever cannot see it. */
export function standaloneSvg(
  svg: ReturnType<typeof plot>,
  title: string,
  { document }: Pick<ReturnType<typeof parseHTML>, 'document'>,
): string {
  const named = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  named.textContent = title;
  svg.prepend(named);
  svg.setAttribute('role', 'img');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}
