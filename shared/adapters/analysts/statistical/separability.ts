import { SimilarityIndex } from '../../../domain/similarity/similarity-index.ts';
import { cosine } from '../../../domain/similarity/text-vectors.ts';

/** At most this many texts of either side are compared with one another. */
const mostTexts = 40;

/**
 * How well two groups of texts can be told apart by their likeness: the balanced accuracy with which each text, left
 * out, is more like its own group on average (TF-IDF cosine) than like the other. One half is chance. Null when either
 * group has fewer than three texts.
 */
export function separability(first: readonly string[], second: readonly string[]): number | null {
  const sides = [first.slice(0, mostTexts), second.slice(0, mostTexts)];
  if (sides.some((side) => side.length < 3)) return null;
  const index = new SimilarityIndex(sides.flat());
  const size = sides[0]?.length ?? 0;
  const vectors = Array.from({ length: index.size }, (_, at) => index.vector(at));
  const right = [0, 0];
  vectors.forEach((vector, at) => {
    const sums = [0, 0];
    vectors.forEach((other, otherAt) => {
      if (otherAt === at) return;
      const side = otherAt < size ? 0 : 1;
      sums[side] = (sums[side] ?? 0) + cosine(vector, other);
    });
    const own = at < size ? 0 : 1;
    const mean = (side: number): number => (sums[side] ?? 0) / ((sides[side]?.length ?? 1) - (side === own ? 1 : 0));
    const ahead = mean(own) - mean(1 - own);
    right[own] = (right[own] ?? 0) + (ahead > 1e-9 ? 1 : ahead < -1e-9 ? 0 : 0.5);
  });
  return sides.reduce((sum, side, at) => sum + (right[at] ?? 0) / side.length, 0) / 2;
}
