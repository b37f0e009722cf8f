import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { quantile, wilsonInterval } from '../../shared/domain/base/statistics.ts';
import type { Interval } from '../../shared/domain/base/wilson.ts';
import {
  canaryCount,
  isWorthALook,
  shadowCount,
  type WatchCount,
  watchFinding,
} from '../../shared/domain/evaluation/watch.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import type { Planted } from './planted.ts';

/** Of the promotions, those that were moved back within so many judged traces. */
export interface Outcome extends Interval {
  readonly planted: Planted;
  /** Share moved back, with its Wilson interval of 95 %. */
  readonly share: number;
  /** Judged traces until it was, the middle one and the 95th of a hundred; null where fewer than that were. */
  readonly median: number | null;
  readonly late: number | null;
}

/** Answers after which nothing is looked for, however few of them are judged. */
const mostAnswers = 100_000;

/** Each promotion is looked at as often as a server does, until `enough` judged traces. */
export function simulate(planted: Planted, promotions: number, enough: number, seed: number): Outcome {
  const random = new SeededRandom().stream(seed, JSON.stringify(planted));
  const found = Array.from({ length: promotions }, () => watchOne(planted, enough, random));
  const judged = found.map((one) => one ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const back = found.filter((one) => one !== null).length;
  const at = (part: number) => {
    const value = quantile(judged, part);
    return Number.isFinite(value) ? Math.round(value) : null;
  };
  return { planted, share: back / promotions, ...wilsonInterval(back, promotions), median: at(0.5), late: at(0.95) };
}

/** Judged traces after which the champion was moved back; null where it was not. */
function watchOne(planted: Planted, enough: number, random: RandomStream): number | null {
  const seen = { answers: 0, judged: 0, right: 0, gained: 0, lost: 0, champion: 0, predecessor: 0, crossed: nothing() };
  while (seen.answers < mostAnswers) {
    seen.answers += 1;
    if (!(planted.test === 'shadow' ? answerBoth(planted, seen, random) : answerOne(planted, seen, random))) continue;
    if (!isWorthALook(seen.judged - 1, seen.judged) && seen.judged !== enough) continue;
    const count = countOf(planted, seen);
    const failing = planted.test === 'shadow' ? 1 - seen.right / seen.judged : 0;
    if (watchFinding(count, enough, failing) === 'worse') return seen.judged;
    if (seen.judged >= enough) return null;
  }
  return null;
}

interface Seen {
  answers: number;
  judged: number;
  right: number;
  gained: number;
  lost: number;
  champion: number;
  predecessor: number;
  /** For a canary: traces that only one has right, by who answered. */
  readonly crossed: Changes;
}

type Changes = Record<'champion' | 'predecessor', { against: number; inFavour: number }>;

function nothing(): Changes {
  return { champion: { against: 0, inFavour: 0 }, predecessor: { against: 0, inFavour: 0 } };
}

/** @returns whether the answer is judged */
function answerBoth({ worse, churn, accuracy, judged }: Planted, seen: Seen, random: RandomStream): boolean {
  const drawn = random.next();
  const gained = drawn < (churn - worse) / 2;
  const lost = !gained && drawn < churn;
  // The rest is right of both, or wrong of both.
  const isRight = gained || (!lost && random.next() < (accuracy - (churn - worse) / 2) / (1 - churn));
  if (random.next() >= (isRight ? judged.right : judged.wrong)) return false;
  seen.judged += 1;
  seen.right += Number(isRight);
  seen.gained += Number(gained);
  seen.lost += Number(lost);
  return true;
}

function answerOne(planted: Planted, seen: Seen, random: RandomStream): boolean {
  const { worse, churn, accuracy, judged, corrects, share } = planted;
  const by = random.next() < share ? 'champion' : 'predecessor';
  const drawn = random.next();
  const gained = drawn < (churn - worse) / 2;
  const lost = !gained && drawn < churn;
  const both = !gained && !lost && random.next() < (accuracy - (churn - worse) / 2) / (1 - churn);
  const isRight = both || (by === 'champion' ? gained : lost);
  if (random.next() >= (isRight ? judged.right : judged.wrong)) return false;
  seen.judged += 1;
  if (!isRight) seen[by] += 1;
  // Of an answer that is wrong, and nobody says what is right, it is not known whether another one is.
  if (isRight || corrects) {
    if (lost) seen.crossed[by].against += 1;
    if (gained) seen.crossed[by].inFavour += 1;
  }
  return true;
}

function countOf({ test, share }: Planted, seen: Seen): WatchCount {
  return test === 'shadow'
    ? shadowCount({ ...seen, of: seen.judged })
    : canaryCount(seen.judged, { champion: seen.champion, predecessor: seen.predecessor }, share, seen.crossed);
}
