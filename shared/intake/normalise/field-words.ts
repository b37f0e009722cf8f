/** The name of a field in a sentence, quoted where it is not plain; names are untrusted. */
export function shownField(name: string): string {
  return /^[\w.-]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60));
}
