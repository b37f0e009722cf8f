import { html as honoHtml, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** HTML whose untrusted parts are escaped already. */
export type Markup = HtmlEscapedString;

/**
 * What a template may hold: text is escaped, markup goes in as it is, lists are joined, null and false leave nothing.
 */
export type Part = string | number | null | false | Markup | readonly Part[];

/**
 * Tagged template that escapes every interpolated string.
 * @example html`<p>${'<b>'}</p>` // <p>&lt;b&gt;</p>
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = honoHtml(strings, ...parts);
  if (markup instanceof Promise) throw new TypeError('a report template holds no promises');
  return markup;
}

/** Takes text as markup. Only for what this package made itself: style sheets and rendered charts. */
export function trustedMarkup(text: string): Markup {
  return raw(text);
}
