import { visibleLine } from './visible-text.ts';

const punctuation = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
const becomesLink = /[@#]|:\/\/|www\./i;
const harmless = new Set([',', '.', "'", ';', ':', '%', '/', '?', '=', '"', '(', ')', '+', '-', '&', '^', '{', '}']);

/**
 * Untrusted text as one line of inert Markdown prose: punctuation that may start markup or HTML is escaped, what does
 * not show is made visible, and text that a renderer may turn into a link or a mention becomes code.
 */
export function markdownText(text: string, limit = 600): string {
  if (becomesLink.test(text)) return markdownCode(text, limit);
  const line = visibleLine(text, limit)
    .replaceAll(punctuation, (sign) => (harmless.has(sign) ? sign : `\\${sign}`))
    .replaceAll(/&(?=[#\w])/g, '\\&');
  return line.replace(
    /^(\s*)([-+=]|\d+[.)](?=\s|$))/,
    (_, space: string, sign: string) => `${space}${sign.slice(0, -1)}\\${sign.slice(-1)}`,
  );
}

/** Untrusted text as a code span on one line, fenced by more backticks than it holds. */
export function markdownCode(text: string, limit = 200): string {
  const line = visibleLine(text, limit).replaceAll('|', '¦');
  if (line.trim() === '') return '(empty)';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** A table of cells that are Markdown already. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
