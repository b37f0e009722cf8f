const fence = '```';

/**
 * What stands in a Markdown fence that is the whole text, without the name of its language; other texts as they are. In
 * one pass, whatever the text is.
 */
export function withinFence(text: string): string {
  const trimmed = text.trim();
  const isFenced = trimmed.length >= 2 * fence.length && trimmed.startsWith(fence) && trimmed.endsWith(fence);
  return isFenced ? trimmed.slice(fence.length, -fence.length).replace(/^[a-z]*\s*/i, '') : text;
}
