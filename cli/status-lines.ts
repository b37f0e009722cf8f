import { formatCount, percent, plural } from '../shared/domain/base/wording.ts';
import { driftHeadline, findingWords, signalNames } from '../shared/domain/drift/drift-words.ts';
import { watchWords } from '../shared/domain/evaluation/watch.ts';
import { reviewWords } from '../shared/loop/state/review.ts';
import { printableLine } from './printable.ts';
import type { CommandResult } from './results.ts';
import { sparkline } from './sparkline.ts';

type Status = CommandResult<'status'>;
type Since = NonNullable<Status['since']>;
type Rate = Since['champion'];

/** From which chance on nothing counts as proven. */
const level = 0.05;

/** How the champion does beside its predecessor, in a sentence. */
export function sinceVerdict(how: 'create' | 'promote' | 'rollback', since: Omit<Since, 'verdict'>): string {
  const { champion, predecessor, better, worse, missing } = since;
  const after = { create: 'since it was created', promote: 'since the promotion', rollback: 'since the rollback' }[how];
  if (missing > 0) {
    const had = champion.of === 0 ? 'No judged trace' : `Only ${plural(champion.of, 'judged trace')}`;
    return `${had} ${after} can be counted: ${missing} more, unlike any before, are needed to tell how the champion does.`;
  }
  const figure = `On ${plural(champion.of, 'judged trace')} ${after} the champion is right in ${share(champion)}`;
  if (predecessor === null || better === null || worse === null)
    return `${figure}; it has no predecessor to compare with.`;
  const both = `${figure}, its predecessor in ${share(predecessor)}`;
  if (better <= level) return `${both}: better, ${chance(better)}.`;
  if (worse <= level) return `${both}: worse, ${chance(worse)}.`;
  return `${both}: no difference is proven, ${chance(better)} for better, ${chance(worse)} for worse.`;
}

/** A model's status for people. */
export function statusLines(status: Status): string[] {
  return [
    ...championLines(status),
    ...sinceLines(status.since),
    ...watchLines(status),
    ...healthLines(status.health),
    ...driftLines(status.drift),
    ...reviewLines(status.review),
    ...runLines(status),
    ...nextLines(status),
    ...(status.serving === null ? [] : [`Serving: ${status.serving}`]),
  ];
}

function championLines({ model, champion }: Status): string[] {
  if (champion === null) return [`${model}: no champion yet.`];
  const { checkpoint, since, how, by, predecessor } = champion;
  const whose = printableLine(by, 120);
  const place = predecessor === null ? '' : ` in place of ${predecessor}`;
  const moved = {
    create: `the first checkpoint, created by ${whose}`,
    promote: `promoted by run ${whose}${place}`,
    rollback: `put there by ${whose} (ratchet rollback)${place}`,
  }[how];
  return [`${model}: champion ${checkpoint} since ${since}, ${moved}.`];
}

function sinceLines(since: Since | null): string[] {
  if (since === null) return [];
  const { champion, predecessor, gained, lost, missing, undecided, notAsked = 0 } = since;
  const rates =
    missing > 0
      ? []
      : [
          `  champion:    ${rateText(champion)}`,
          ...(predecessor === null
            ? []
            : [
                `  predecessor: ${rateText(predecessor)}`,
                `  only the champion is right ${plural(gained, 'time')}, only its predecessor ${plural(lost, 'time')}`,
              ]),
        ];
  const flatters = undecided > 0 && predecessor !== null ? ', which flatters the champion' : '';
  const left = [
    ...(since.nearEarlier > 0 ? [`${since.nearEarlier} near earlier traces or examples`] : []),
    ...(since.repeated > 0 ? [`${since.repeated} near one that counts`] : []),
    ...(notAsked > 0 ? [`${notAsked} that a model would have to be asked about which may cost something`] : []),
    ...(undecided > 0 ? [`${undecided} without a right answer to hold both against${flatters}`] : []),
  ];
  return [
    since.verdict,
    ...rates,
    ...(since.notAsked === undefined
      ? []
      : ['  a model whose answers may cost something is not asked for this: it counts by its answers on record']),
    ...(left.length === 0 ? [] : [`  left out of ${plural(since.judged, 'judged trace')}: ${left.join(', ')}`]),
  ];
}

function watchLines({ model, watched }: Status): string[] {
  if (watched === null) return [];
  const { finding, ...count } = watched;
  const found = {
    open: 'Watched',
    worse: `The champion is proven worse than its predecessor: ratchet rollback ${model} --if-worse. Watched`,
    held: 'Watched no longer, since nothing was proven',
    picked: 'Watched, but what is judged is wrong for the most part, as if picked for it, and does not tell',
  }[finding];
  return [`${found}: ${count.test}, ${watchWords(count)}.`];
}

function healthLines({ traffic, overTime, sinceLastRun }: Status['health']): string[] {
  if (traffic.traces === 0) return ['Traffic: no traces yet.'];
  const { days, stretches } = overTime;
  const [first] = stretches;
  const graphs =
    first === undefined || stretches.length < 2
      ? []
      : [
          `  by ${days === 1 ? 'day' : plural(days, 'day')} from ${first.from}:`,
          `  traces  ${sparkline(stretches.map(({ traces }) => traces))}  ${mostOf(stretches.map(({ traces }) => traces))}`,
          `  judged  ${sparkline(stretches.map(({ traces, judged }) => rateOf(judged, traces)))}  ${range(
            stretches,
            ({ judged }) => judged,
            ({ traces }) => traces,
          )}`,
          `  failed  ${sparkline(stretches.map(({ judged, failed }) => rateOf(failed, judged)))}  ${range(
            stretches,
            ({ failed }) => failed,
            ({ judged }) => judged,
          )}`,
        ];
  return [
    `Traffic: ${plural(traffic.traces, 'trace')}, ${figures(traffic)}.`,
    ...graphs,
    `Since the last run began: ${plural(sinceLastRun.traces, 'trace')}, ${figures(sinceLastRun)}.`,
  ];
}

type Counts = Status['health']['traffic'];
type Stretch = Status['health']['overTime']['stretches'][number];

function figures({ traces, judged, failed }: Counts): string {
  const part = traces === 0 ? '' : ` (${percent(Math.min(1, judged / traces))})`;
  return judged === 0
    ? 'none judged'
    : `${formatCount(judged)} judged${part}, ${formatCount(failed)} of them failed (${percent(failed / judged)})`;
}

function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(1, part / whole);
}

function mostOf(counts: readonly number[]): string {
  return `at most ${formatCount(Math.max(...counts))}`;
}

/** The first and the last rate there is, for people. */
function range(
  stretches: readonly Stretch[],
  part: (stretch: Stretch) => number,
  whole: (stretch: Stretch) => number,
): string {
  const rates = stretches.flatMap((stretch) => rateOf(part(stretch), whole(stretch)) ?? []);
  const [first] = rates;
  const last = rates.at(-1);
  if (first === undefined || last === undefined) return 'none';
  return rates.length === 1 ? percent(last) : `${percent(first)} at first, ${percent(last)} now`;
}

function driftLines(drift: Status['drift']): string[] {
  if (drift === null || drift.traces === 0) return [];
  const begun = drift.points.length > 1;
  return [
    `Drift: ${driftHeadline(drift)}.`,
    ...drift.findings.flatMap((finding) => {
      const words = findingWords(finding, (label) => printableLine(label, 60));
      if (words === null) return [];
      const graph = begun ? `${sparkline(drift.points.map(({ levels }) => levels[finding.signal]))}  ` : '';
      const proven = finding.seenAt === null ? '' : `; changed, seen ${finding.seenAt}`;
      return [
        `  ${signalNames[finding.signal].toLowerCase().padEnd(10)}  ${graph}${finding.level.toFixed(2)}  ${words}${proven}`,
      ];
    }),
  ];
}

function reviewLines(review: Status['review']): string[] {
  if (review === null) return [];
  const { run, suspects, unknown, reasons, file } = review;
  const lines = (reasons ?? []).reduce((sum, { count }) => sum + count, 0);
  const waiting = [
    ...(lines > 0 ? [plural(lines, 'trace')] : []),
    ...(reasons === null && suspects > 0 ? [plural(suspects, 'suspect judgement')] : []),
    ...(reasons === null && unknown > 0 ? [`${plural(unknown, 'answer')} that nobody can judge`] : []),
  ];
  if (waiting.length === 0 && file === null) return [];
  return [
    `To review, by run ${run}: ${waiting.length === 0 ? 'nothing' : waiting.join(', ')}.`,
    ...(reasons ?? []).map(({ why, count }) => `  ${count}: ${reviewWords[why]}`),
    ...(file === null || waiting.length === 0 ? [] : [`  ${file}`]),
  ];
}

function nextLines({ model, champion, active, health: { next, missing, traffic } }: Status): string[] {
  if (champion === null) {
    return traffic.judged === 0
      ? [`Next: train the first checkpoint: ratchet create ${model} --examples FILE`]
      : [`Next: ${plural(traffic.judged, 'judged trace')} are here: ratchet create ${model} --from-traces`];
  }
  if (active !== null) return [];
  const lacking = [
    ...(missing.failures > 0 ? [plural(missing.failures, 'more failure')] : []),
    ...(missing.records > 0 ? [plural(missing.records, 'more judged trace')] : []),
  ];
  return [
    next.due ? `Next run: now. ${next.reason}` : `Next run: not yet. ${next.reason}`,
    ...(lacking.length === 0 ? [] : [`  To decide, a run needs ${lacking.join(' and ')} at least.`]),
  ];
}

function runLines({ model, lastRun, active }: Status): string[] {
  if (lastRun?.status === 'running' && active === null) {
    return [`Last run ${lastRun.run}: broken off; ratchet run ${model} goes on with it.`, 'No run is going on.'];
  }
  const last = lastRun === null ? 'No run so far.' : lastRunLine(lastRun);
  const now =
    active === null
      ? 'No run is going on.'
      : `Run ${active.run} is going on: ${active.owner} holds the lease until ${active.until}.`;
  return [last, now];
}

/** A reason may begin in the middle of a sentence, with a name even, so that it stands after a colon. */
function lastRunLine({ run, decision, status, reason }: NonNullable<Status['lastRun']>): string {
  const ended = decision ?? status;
  return reason === null || reason === ''
    ? `Last run ${run}: ${ended}.`
    : `Last run ${run} (${ended}): ${printableLine(reason, 400)}`;
}

function rateText(rate: Rate): string {
  return `${share(rate)} (${percent(rate.lower)} to ${percent(rate.upper)}), ${formatCount(rate.right)} of ${formatCount(rate.of)}`;
}

function share({ right, of }: Rate): string {
  return percent(right / of);
}

function chance(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}
