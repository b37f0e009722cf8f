import type { ConfusionCell, ReportData } from './report-data.ts';
import { visibleLine, visibleName } from './visible-text.ts';

/** How the cells of a confusion are named: outputs as a whole, or facets of outputs that have parts. */
export interface ConfusionWords {
  /** Of an answer that there is none of. */
  readonly noAnswer: string;
  /** Of what should not have been answered; null where something always should. */
  readonly nothing: string | null;
  /** Of an answer with the right facet that is wrong all the same; null where there is none such. */
  readonly elsewhere: string | null;
}

const ofOutputs: ConfusionWords = { noAnswer: '(no answer)', nothing: null, elsewhere: null };
const ofParts: ConfusionWords = { noAnswer: '(missed)', nothing: '(none there)', elsewhere: '(wrong bounds)' };

export function confusionWords({ words }: Pick<ReportData, 'words'>): ConfusionWords {
  return words.parts === undefined ? ofOutputs : ofParts;
}

/** The name of an answer; null is a model that gave none. */
export function answerName({ answered }: Pick<ConfusionCell, 'answered'>, words: ConfusionWords, limit = 60): string {
  return answered === null ? words.noAnswer : visibleLine(answered, limit);
}

/** The name of what is right; null is nothing. */
export function expectedName({ expected }: Pick<ConfusionCell, 'expected'>, words: ConfusionWords, limit = 60): string {
  return expected === null ? (words.nothing ?? '') : visibleLine(expected, limit);
}

/** Whether an answer has the right facet and is wrong all the same. */
export function isElsewhere({ expected, answered, right }: ConfusionCell, { elsewhere }: ConfusionWords): boolean {
  return elsewhere !== null && !right && expected !== null && expected === answered;
}

/** What is taken for what, in one line: `city → (missed)`. */
export function pairName(cell: ConfusionCell, words: ConfusionWords, limit: number): string {
  const short = (name: string | null, none: string): string => (name === null ? none : visibleName(name, limit));
  const answered = isElsewhere(cell, words) ? (words.elsewhere ?? '') : short(cell.answered, words.noAnswer);
  return `${short(cell.expected, words.nothing ?? '')} → ${answered}`;
}
