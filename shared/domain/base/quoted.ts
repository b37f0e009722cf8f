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

/**
 * A text as one argument of a shell, to be pasted as it stands. What does not show, or turns the direction of text, is
 * escaped as bash, zsh and ksh read it within $'…'.
 * @example shellArgument('two words') // 'two words', in quotes
 */
export function shellArgument(text: string): string {
  if (/^[\w.=:-]+$/.test(text)) return text;
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
  if (text.match(hidden) === null) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replaceAll(/[\\']/g, '\\$&').replaceAll(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const [sign, digits] = code < 0x80 ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
    return `\\${sign}${code.toString(16).padStart(digits, '0')}`;
  });
  return `$'${escaped}'`;
}
