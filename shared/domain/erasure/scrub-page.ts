import type { ErasedText } from './erased-text.ts';

const tags = /<(style|script)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<[^>]*>/gi;
/** Attributes that show text to people. */
const attribute = /(\s(?:title|alt|content|aria-label|aria-description|data-[\w-]+)\s*=\s*)"([^"]*)"/gi;
const entity = /&(?:amp|lt|gt|quot|#39|#x27|#160|nbsp);/g;
const characters: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&#160;': '\u00a0',
  '&nbsp;': '\u00a0',
};

/** A page of HTML without erased texts, in what it shows and in attributes; everything else stays as it is. */
export function scrubHtml(page: string, text: ErasedText): string {
  const shown = (part: string): string => {
    if (part.trim() === '') return part;
    const plain = part.replace(entity, (found) => characters[found] ?? found);
    const scrubbed = text.scrub(plain);
    return scrubbed === plain ? part : escapeHtml(scrubbed);
  };
  let result = '';
  let at = 0;
  for (const { 0: tag, index } of page.matchAll(tags)) {
    result += shown(page.slice(at, index));
    result += /^<(?:style|script|!--)/i.test(tag)
      ? tag
      : tag.replace(attribute, (_, name: string, value: string) => `${name}"${shown(value)}"`);
    at = index + tag.length;
  }
  return result + shown(page.slice(at));
}

const codeSpan = /(`+)(\s?)([^\n]*?[^`\n])(\s?)\1(?!`)/g;

/** Markdown, or other text by lines, without erased texts: each line, table cell and code span by itself. */
export function scrubLines(page: string, text: ErasedText): string {
  return page
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .map((cell) => scrubCell(cell, text))
        .join('|'),
    )
    .join('\n');
}

function scrubCell(cell: string, text: ErasedText): string {
  const spans = cell.replace(codeSpan, (span, fence: string, before: string, inner: string, after: string) => {
    const scrubbed = text.scrub(inner);
    return scrubbed === inner ? span : `${fence}${before}${scrubbed}${after}${fence}`;
  });
  const scrubbed = text.scrub(spans);
  return scrubbed === spans ? spans : /^\s/.test(cell) ? ` ${scrubbed.trim()} ` : scrubbed;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
