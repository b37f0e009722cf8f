import type { TaggedRows } from './crf.ts';
import { outside } from './states.ts';

/** A text of more tokens than this is learnt in pieces. */
const longestPiece = 200;

/**
 * The rows with long texts in pieces, cut between two tokens that are in no entity. A text is one step of the training:
 * one of thousands of words would move the weights so far that what short ones teach hardly counts.
 */
export function cutRows(rows: TaggedRows): TaggedRows {
  const starts: number[] = [0];
  const weights: number[] = [];
  rows.weights.forEach((weight, text) => {
    const to = rows.starts[text + 1] ?? 0;
    let begin = rows.starts[text] ?? 0;
    for (let token = begin + longestPiece; token < to; token++) {
      if (token - begin < longestPiece || rows.tags[token - 1] !== outside || rows.tags[token] !== outside) continue;
      starts.push(token);
      weights.push(weight);
      begin = token;
    }
    starts.push(to);
    weights.push(weight);
  });
  return { ...rows, starts: Int32Array.from(starts), weights: Float64Array.from(weights) };
}
