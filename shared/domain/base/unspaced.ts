/** Letters of scripts that are written without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese. */
const unspacedLetter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Whether a text has letters of a script that is written without spaces. Linear, and fast for other texts. */
export function isUnspaced(text: string): boolean {
  return unspacedLetter.test(text);
}

/** Words known to stay whole, so that each is asked about once; forgotten when there are many. */
const whole = new Set<string>();
const mostKept = 100_000;

/**
 * Cuts a run of letters and figures into words by the dictionaries of `Intl.Segmenter`; a run of other scripts is one
 * word. A word found is cut again until it stays whole, so that it is the same word wherever it stands alone.
 */
export function segmentRun(run: string): readonly string[] {
  if (run.length < 2 || whole.has(run) || !isUnspaced(run)) return [run];
  const words: string[] = [];
  for (const { segment } of segmenter.segment(run)) {
    if (segment.length === run.length) {
      if (whole.size >= mostKept) whole.clear();
      whole.add(run);
      return [run];
    }
    // Most are known: a list for each of a hundred thousand would take longer than cutting.
    if (segment.length < 2 || whole.has(segment)) words.push(segment);
    else words.push(...segmentRun(segment));
  }
  return words;
}
