/** What of a text stands in no data block. */
export function outsideBlocks(text: string): string {
  return text.replaceAll(/BEGIN DATA (\w{16}) \([^\n]*\)\n(?:[^\n]*\n)*?END DATA \1/g, '');
}
