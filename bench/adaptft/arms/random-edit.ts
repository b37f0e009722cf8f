import type { RandomStream } from '../../../shared/ports/random.ts';
import { type Edited, joined, type Piece, wordsOf } from '../perturbations/edited.ts';

const share = 0.1;

/**
 * Easy data augmentation (Wei and Zou 2019) without its synonyms, for which there is no dictionary here: about a tenth
 * of the words is swapped, dropped, or said again elsewhere.
 */
export function randomEdit(text: string, random: RandomStream): Edited {
  const tokens = wordsOf(text);
  const changes = Math.max(1, Math.round(share * tokens.length));
  for (let change = 0; change < changes && tokens.length > 1; change += 1) {
    const at = random.below(tokens.length);
    const to = random.below(tokens.length);
    const token = tokens[at] as Piece;
    switch (random.below(3)) {
      case 0:
        tokens[at] = tokens[to] as Piece;
        tokens[to] = token;
        break;
      case 1:
        tokens.splice(at, 1);
        break;
      default:
        tokens.splice(to, 0, token);
    }
  }
  return joined(tokens);
}
