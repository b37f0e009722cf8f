export function tokensOf(text: string): string[] {
  return text.split(/\s+/).filter((token) => token !== '');
}
