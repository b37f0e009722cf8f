/** Control characters (C0 but tab and newline, DEL, C1) and those that turn the direction of text around. */
const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const dangerousOnOneLine = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text of unknown origin, safe to show in a terminal: control and direction characters escaped, line breaks kept. */
export function printable(text: string): string {
  return text.replace(dangerous, escaped);
}

/** As {@link printable}, on one line and cut to a length (in UTF-16 code units, 200 by default). */
export function printableLine(text: string, length = 200): string {
  const cut = text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;
  return cut.replace(dangerousOnOneLine, escaped);
}

/** One line of JSON that a terminal cannot be harmed by, with the value unchanged. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(dangerousOnOneLine, escaped);
}
