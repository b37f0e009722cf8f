/** Bins of equal width over the confidences. */
const bins = 15;

/**
 * Expected calibration error (Guo et al. 2017, arXiv 1706.04599): the mean over the answers of |accuracy − mean
 * confidence| of the bin that an answer's confidence falls in. A confidence on the border of two bins counts for the
 * lower one.
 */
export function calibrationError(confidences: readonly number[], right: readonly boolean[]): number {
  const gaps = new Float64Array(bins);
  confidences.forEach((confidence, at) => {
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    gaps[bin] = (gaps[bin] ?? 0) + Number(right[at] === true) - confidence;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, confidences.length);
}
