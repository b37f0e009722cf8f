/** Untrusted text in quotes, cut to 60 characters and without control characters. */
export function quoted(text: string): string {
  const plain = text.replaceAll(/\p{C}/gu, ' ');
  return `"${plain.length > 60 ? `${plain.slice(0, 59)}…` : plain}"`;
}
