/** Spellings of one word, British to American; whole word endings or stems. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/ies$/, 'y'],
  [/(?<=[^s])s$/, ''],
  [/our(?=$|ed$|ing$)/, 'or'],
  [/is(?=e$|ed$|ing$|ation$)/, 'iz'],
  [/tre$/, 'ter'],
  [/ll(?=ed$|ing$|ation$)/, 'l'],
  [/ogue$/, 'og'],
];

/**
 * A label's name without its form: case, separators, camelCase, diacritics, plural and British or American spelling
 * are evened out. `PayBills`, `pay-bill` and `pay_bill` are one name; word order and the words themselves count.
 */
export function labelForm(label: string): string {
  return label
    .replaceAll(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) =>
      word.length < 4 ? word : spellings.reduce((text, [ending, other]) => text.replace(ending, other), word),
    )
    .join('');
}

/** Whether two different labels differ in form alone. */
export function sameNameOtherForm(a: string, b: string): boolean {
  return a !== b && labelForm(a) !== '' && labelForm(a) === labelForm(b);
}

const outOfScopeForms = new Set(
  [
    'oos',
    'out_of_scope',
    'out_of_domain',
    'ood',
    'off_topic',
    'none',
    'none_of_the_above',
    'unknown',
    'unsupported',
    'not_supported',
    'other',
    'n/a',
    'no_intent',
  ].map(labelForm),
);

/** Whether a label says that an input is outside what the task covers. */
export function meansOutOfScope(label: string): boolean {
  return outOfScopeForms.has(labelForm(label));
}
