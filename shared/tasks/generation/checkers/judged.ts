import { asWhole, type Checker } from './checker.ts';
import { exact } from './exact.ts';

/** Right where the texts are equal but for case, blanks and Unicode form; whether another text is as good a judge has to say. */
export const judged: Checker = {
  ...asWhole,
  key: exact.key,
  same: (a, b) => exact.key(a) === exact.key(b) || 'undecided',
  pattern: () => ({ key: 'other-text', title: 'another text', facets: [] }),
};
