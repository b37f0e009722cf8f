import type { Json } from '../../../domain/base/json.ts';
import { normalisedText } from '../../../domain/base/text.ts';
import { textOf } from '../generated.ts';
import { asWhole, type Checker } from './checker.ts';

/** Right where the texts are equal but for case, blanks and Unicode form. */
export const exact: Checker = {
  ...asWhole,
  key: keyOf,
  same: (a, b) => keyOf(a) === keyOf(b),
  pattern: () => ({ key: 'other-text', title: 'another text', facets: [] }),
};

function keyOf(answer: Json): string {
  return normalisedText(textOf(answer));
}
