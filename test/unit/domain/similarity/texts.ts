import fc from 'fast-check';

/** Texts of a small vocabulary, so that near-duplicates, permutations and chains of them are common. */
export const smallVocabularyText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('a b c d e f', 'a b c d e g', 'h i j k l m n o p', 'c d e f g h i j', ''),
    fc.array(fc.constantFrom(...'abcdefghijklmnopqrst'), { maxLength: 8 }),
  )
  .map(([stem, more]) => [stem, ...more].join(' '));

/** The same with case, punctuation, repetitions and texts that have no words at all. */
export const messyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: smallVocabularyText },
  { weight: 2, arbitrary: smallVocabularyText.map((text) => `${text.toUpperCase()}!`) },
  { weight: 1, arbitrary: fc.constantFrom('', '  ', '?', '? ', '??', '\u{1F642}') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
