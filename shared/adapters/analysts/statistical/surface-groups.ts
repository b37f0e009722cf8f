import { variance } from '../../../domain/base/moments.ts';
import { wilsonInterval } from '../../../domain/base/statistics.ts';
import { surfaceFeatures } from '../../../domain/diagnosis/surface-features.ts';
import { surfaceProfile } from '../../../domain/diagnosis/surface-profile.ts';
import type { Fault } from './fault.ts';
import { type Group, groupBy, roughly } from './group.ts';
import { lengthBin, smallestOfBin } from './length-bins.ts';
import type { Evidence } from './merge-analyses.ts';

/** A trait must make failing at least this many times as likely, so that most of its failures are owed to it. */
const riskRatio = 2;

function stronglyFailing(failed: number, passed: number, otherRate: number): boolean {
  const rate = failed / Math.max(1, failed + passed);
  return rate >= riskRatio * otherRate && wilsonInterval(failed, failed + passed).lower > otherRate;
}

/**
 * Failures owed to noise: of a kind that makes the champion fail at least twice as often as on inputs without noise.
 * Kinds too rare for a group of their own stand together.
 */
export function noiseGroups(evidence: Evidence, failures: readonly Fault[], smallest: number): Group[] {
  const failing = groupBy(failures, (failure) => failure.noise);
  const cleanFailed = failing.get('none')?.length ?? 0;
  const cleanPassed = evidence.passingNoise.get('none') ?? 0;
  if (cleanFailed + cleanPassed === 0) return [];
  const cleanRate = cleanFailed / (cleanFailed + cleanPassed);
  const groups: Group[] = [];
  const rare: { members: Fault[]; passed: number } = { members: [], passed: 0 };
  const add = (name: string, members: readonly Fault[], passed: number): void => {
    if (members.length < smallest || !stronglyFailing(members.length, passed, cleanRate)) return;
    const rate = members.length / (members.length + passed);
    groups.push({
      kind: 'noise',
      expected: null,
      answered: null,
      pattern: null,
      members,
      grounds: [
        `Inputs with ${name} fail ${members.length} of ${members.length + passed} times (${roughly(rate)}), inputs without noise ${roughly(cleanRate)}.`,
      ],
    });
  };
  for (const [kind, members] of [...failing].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (kind === 'none') continue;
    const passed = evidence.passingNoise.get(kind) ?? 0;
    if (members.length >= smallest) add(`noise of the kind "${kind}"`, members, passed);
    else {
      rare.members.push(...members);
      rare.passed += passed;
    }
  }
  add('noise of several kinds', rare.members, rare.passed);
  return groups;
}

/** Of the failures in a tail, this share must be long (or short) for their own label, or the label is the cause. */
const ownLabelShare = 0.6;
/** Standard deviations from the mean length of the label's passing inputs. */
const farFromLabel = 1;
/** A group of which more than this is one pattern is that pattern's. */
const onePairShare = 0.6;
/** Cohen's d, failing against passing lengths within labels, below which length is not what fails. */
const withinLabels = 0.5;
/** G² that a bound must reach: chance reaches it once in a thousand times, and some twenty bounds are tried. */
const sureLength = 15;

/**
 * Failures owed to length: beyond some number of words (or below one) the champion fails at least twice as often, and
 * most of those inputs are long (or short) for their own label too. The bound is the one with the largest G² (a
 * decision stump on the length).
 */
export function lengthGroup(evidence: Evidence, failures: readonly Fault[], smallest: number): Group | null {
  const lengths = new Map(failures.map((failure) => [failure, surfaceFeatures(failure.input).words]));
  const failedBins = new Map<number, number>();
  for (const words of lengths.values()) failedBins.set(lengthBin(words), (failedBins.get(lengthBin(words)) ?? 0) + 1);
  const bins = [...new Set([...failedBins.keys(), ...evidence.passingLengths.keys()])].sort((a, b) => a - b);
  const count = (counts: ReadonlyMap<number, number>, inTail: (bin: number) => boolean): number =>
    bins.reduce((sum, bin) => sum + (inTail(bin) ? (counts.get(bin) ?? 0) : 0), 0);
  let best: { g: number; long: boolean; bound: number; failed: number; passed: number; otherRate: number } | null =
    null;
  for (const bound of bins) {
    for (const long of [true, false]) {
      const inTail = (bin: number): boolean => (long ? bin >= bound : bin <= bound);
      const failed = count(failedBins, inTail);
      const passed = count(evidence.passingLengths, inTail);
      const otherFailed = failures.length - failed;
      const otherPassed = evidence.passed - passed;
      if (failed < smallest || otherFailed + otherPassed < smallest) continue;
      const otherRate = otherFailed / (otherFailed + otherPassed);
      if (!stronglyFailing(failed, passed, otherRate)) continue;
      const g = likelihoodRatio(failed, passed, otherFailed, otherPassed);
      if (g >= sureLength && (best === null || g > best.g)) best = { g, long, bound, failed, passed, otherRate };
    }
  }
  if (best === null) return null;
  const { long, bound, failed, passed, otherRate } = best;
  const tail = failures.filter((failure) => {
    const bin = lengthBin(lengths.get(failure) ?? 0);
    return long ? bin >= bound : bin <= bound;
  });
  const members = tail.filter((failure) => {
    const usual = failure.facets
      .map((facet) => evidence.passes.get(facet)?.features.get('words'))
      .find((moments) => moments !== undefined && moments.count >= 2);
    if (usual === undefined) return true;
    const deviation = Math.max(Math.sqrt(variance(usual)), 1);
    const z = ((lengths.get(failure) ?? 0) - usual.mean) / deviation;
    return long ? z >= farFromLabel : z <= -farFromLabel;
  });
  if (members.length < smallest || members.length < ownLabelShare * tail.length) return null;
  const largestPair = Math.max(
    ...groupBy(members, ({ pattern }) => pattern.key)
      .values()
      .map((pair) => pair.length),
  );
  if (largestPair > onePairShare * members.length) return null;
  const facets = new Set(members.flatMap((failure) => failure.facets));
  const comparable = failures.filter((failure) => failure.facets.some((facet) => facets.has(facet)));
  const effect =
    surfaceProfile(comparable, (facet) => evidence.passes.get(facet)?.features).find(
      ({ feature }) => feature === 'words',
    )?.effect ?? 0;
  if (Math.sign(effect) !== (long ? 1 : -1) || Math.abs(effect) < withinLabels) return null;
  const words = smallestOfBin(long ? bound : bound + 1);
  const range = long ? `${words} words or more` : `fewer than ${words} words`;
  return {
    kind: 'length',
    expected: null,
    answered: null,
    pattern: null,
    members,
    grounds: [
      `Inputs of ${range} fail ${failed} of ${failed + passed} times (${roughly(failed / (failed + passed))}), the others ${roughly(otherRate)}.`,
    ],
  };
}

/** G² of a 2 × 2 table. */
function likelihoodRatio(a: number, b: number, c: number, d: number): number {
  const total = a + b + c + d;
  const term = (cell: number, row: number, column: number): number =>
    cell === 0 ? 0 : cell * Math.log((cell * total) / (row * column));
  return 2 * (term(a, a + b, a + c) + term(b, a + b, b + d) + term(c, c + d, a + c) + term(d, c + d, b + d));
}
