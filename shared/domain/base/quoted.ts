/** Untrusted text in quotes, cut to 60 characters and without control characters. */
export function quoted(text: string): string {
  const plain = text.replaceAll(/\p{C}/gu, ' ');
  return `"${plain.length > 60 ? `${plain.slice(0, 59)}…` : plain}"`;
}

/**
 * A name as it stands in a list with commas: in double quotes, as CSV has them, where it holds a comma, a quote or a
 * line break, or blanks at its ends. Control characters are escaped as JSON escapes them.
 */
export function inList(name: string): string {
  if (!/[",\p{Cc}]|^\s|\s$/u.test(name)) return name;
  const plain = name.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return `"${plain.replaceAll('"', '""')}"`;
}
