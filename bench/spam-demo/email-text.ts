import { compile } from 'html-to-text';
import PostalMime from 'postal-mime';

/** Text of a message beyond this says little more about it, and costs time in every step. */
const longestText = 4_000;
/** Markup beyond this is not rendered. */
const longestHtml = 200_000;

const renderHtml = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'style', format: 'skip' },
    { selector: 'script', format: 'skip' },
  ],
  limits: { maxInputLength: longestHtml, maxDepth: 60, maxChildNodes: 2_000 },
});

/**
 * What a person reads of a message: its subject and its text, without headers and markup. Null when there is neither.
 */
export async function emailText(raw: Uint8Array): Promise<string | null> {
  const message = await PostalMime.parse(withoutMailboxLine(raw));
  const plain = tidy(message.text ?? '');
  const body = looksLikeHtml(plain) ? tidy(renderHtml(plain)) : plain;
  const text = body === '' ? tidy(renderHtml(message.html ?? '')) : body;
  const whole = `${tidy(message.subject ?? '').replaceAll('\n', ' ')}\n\n${text}`.trim();
  return whole === '' ? null : whole.slice(0, longestText).toWellFormed();
}

/** Mailboxes put a line "From sender date" before each message. */
function withoutMailboxLine(raw: Uint8Array): Uint8Array {
  const isMailboxLine = raw[0] === 0x46 && raw[1] === 0x72 && raw[2] === 0x6f && raw[3] === 0x6d && raw[4] === 0x20;
  return isMailboxLine ? raw.subarray(raw.indexOf(0x0a) + 1) : raw;
}

/** Some messages send markup under the name of plain text. */
function looksLikeHtml(text: string): boolean {
  return /<(html|body|table|font|br|p)\b[^>]*>/i.test(text.slice(0, 5_000));
}

function tidy(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
