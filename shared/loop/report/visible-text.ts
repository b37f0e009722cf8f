const unseen =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const joinersAndEmojiStyle = new Set(['\u200c', '\u200d', '\ufe0e', '\ufe0f']);

/**
 * Text with everything that does not show, or that changes how its neighbours show, replaced by something that does:
 * controls, bidi marks, zero-width characters, tags and lone surrogates by their code point, ESC as ⟨U+001B⟩. Line
 * feeds and tabs stay; joiners stay where a script needs them, after a non-ASCII character.
 */
export function visibleText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unseen, (character, offset: number, whole: string) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.codePointAt(0) ?? 0;
    if (joinersAndEmojiStyle.has(character) && offset > 0 && whole.charCodeAt(offset - 1) > 0x7f) return character;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** {@link visibleText} on one line, cut to a number of characters with an ellipsis. */
export function visibleLine(text: string, limit = 200): string {
  const line = visibleText(cutText(text, limit * 2))
    .replaceAll('\n', ' ⏎ ')
    .replaceAll('\t', ' ⇥ ');
  return line.length <= limit && text.length <= limit * 2 ? line : `${cutText(line, limit - 1).trimEnd()}…`;
}

/**
 * A name on one line, cut in its middle where it is longer: names of labels often begin alike, and often end alike.
 * @example visibleName('refund_request_status', 15) // 'refund_…_status'
 */
export function visibleName(name: string, limit: number): string {
  const line = visibleLine(name, 400);
  if (line.length <= limit) return line;
  const tail = Math.floor((limit - 1) / 2);
  const end = line.slice(-tail);
  const startsWithHalf = /^[\udc00-\udfff]/.test(end);
  return `${cutText(line, limit - 1 - tail)}…${startsWithHalf ? end.slice(1) : end}`;
}

/** {@link visibleText} for a sentence or two: line breaks stay, what goes on too long is cut with an ellipsis. */
export function visibleProse(text: string, limit = 600): string {
  const prose = visibleText(cutText(text, limit));
  return prose.length <= limit && text.length <= limit ? prose : `${cutText(prose, limit - 1).trimEnd()}…`;
}

/** At most `limit` UTF-16 code units from the start, never half a character. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
