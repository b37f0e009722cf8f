import { namedFrom } from './likely-place.ts';
import { meet, placeKey } from './place-odds.ts';
import type { SpanCase } from './span-slips.ts';

/** How far models are to be trusted: odds count as offset + sharpness · odds, in logarithms. */
export interface PlaceCalibration {
  readonly offset: number;
  readonly sharpness: number;
}

/** Flatter ones would take many mistakes of a judge for ignorance of the models. */
const sharpnesses = [0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3];
const offsets = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
const sitesRead = 5_000;
/** A mistaken judge misses a place so often, and else gives one of so many others at least, or one of each other facet. */
const missed = 1 / 3;
const fewestOthers = 4;
const rounds = 30;
/** What lies below these odds was named because it was given. */
const likelyFrom = Math.log(namedFrom);

/** A piece of a text where something may stand: the odds of all that may, and of what was given; null for nothing. */
interface Site {
  readonly given: number | null;
  readonly odds: readonly number[];
}

/**
 * Fits, by maximum likelihood, a mixture in which what is given at each site is drawn with the calibrated odds of all that
 * may stand there, nothing included, with chance 1 − rate, and by a mistake with chance rate, so that few mistakes hardly
 * spoil the calibration. Models that know little of the traffic come out flat: what they do not expect is then no wonder.
 */
export function calibratePlaces(cases: readonly SpanCase[], facets: number): PlaceCalibration {
  const all = cases.flatMap(sitesOf);
  const stride = Math.max(1, Math.ceil(all.length / sitesRead));
  const sites = all.filter((_, at) => at % stride === 0);
  let best = { offset: 0, sharpness: 1, likelihood: Number.NEGATIVE_INFINITY };
  if (sites.length === 0) return best;
  const other = (1 - missed) / 2 / Math.max(fewestOthers, facets - 1);
  const byChance = Float64Array.from(sites, ({ given }) => (given === null ? missed : other));
  for (const sharpness of sharpnesses) {
    for (const offset of offsets) {
      const own = Float64Array.from(sites, (site) => probabilityOfGiven(site, { offset, sharpness }));
      const likelihood = likelihoodOf(own, byChance);
      if (likelihood > best.likelihood) best = { offset, sharpness, likelihood };
    }
  }
  return { offset: best.offset, sharpness: best.sharpness };
}

/** The logarithm of odds, calibrated. */
export function calibrated(odds: number, { offset, sharpness }: PlaceCalibration): number {
  return offset + sharpness * odds;
}

/** Given places with what they meet; where nothing is given, the likeliest places that do not meet, with theirs. */
function sitesOf({ given, likely }: SpanCase): Site[] {
  const known = new Set(given.map(placeKey));
  const expected = likely.filter((place) => place.odds > likelyFrom && !known.has(placeKey(place)));
  const free = expected
    .filter((place) => !given.some((other) => meet(place, other)))
    .sort((a, b) => b.odds - a.odds || a.start - b.start);
  const tops: (typeof free)[number][] = [];
  for (const place of free) if (!tops.some((top) => meet(top, place))) tops.push(place);
  const oddsAt = (from: typeof free, place: (typeof free)[number]) =>
    from.filter((other) => meet(other, place)).map(({ odds }) => odds);
  return [
    ...given
      .filter(({ odds }) => odds > likelyFrom)
      .map((place) => ({ given: place.odds, odds: [place.odds, ...oddsAt(expected, place)] })),
    ...tops.map((place) => ({ given: null, odds: oddsAt(free, place) })),
  ];
}

function probabilityOfGiven({ given, odds }: Site, calibration: PlaceCalibration): number {
  let sum = 1;
  for (const one of odds) sum += Math.exp(calibrated(one, calibration));
  return (given === null ? 1 : Math.exp(calibrated(given, calibration))) / sum;
}

/** The likelihood, its logarithm, at the rate where it is greatest. */
function likelihoodOf(own: Float64Array, byChance: Float64Array): number {
  let rate = 0.05;
  let likelihood = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    let expected = 0;
    let sum = 0;
    own.forEach((p, at) => {
      const mistaken = rate * (byChance[at] ?? 0);
      const total = (1 - rate) * p + mistaken;
      expected += mistaken / total;
      sum += Math.log(total);
    });
    const settled = Math.abs(sum - likelihood) < 1e-6 * own.length;
    likelihood = sum;
    if (settled) break;
    rate = Math.min(0.6, Math.max(1e-6, expected / own.length));
  }
  return likelihood;
}
