import { shortDigest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Example } from '../../domain/models/example.ts';
import type { JudgedRecord, TriagedRecord } from '../../domain/traces/trace-record.ts';
import { isUsable } from '../../domain/triage/triage.ts';
import { type ReviewReason, reviewReasons } from '../state/review.ts';

/** What a person reads about one trace, beside the fields of the trace. */
interface ReviewNote {
  readonly why: ReviewReason;
  readonly reason: string;
  /** The judgement that counts today; null where there is none. */
  readonly onRecord: JudgedRecord['judgement'];
  readonly championAnswers: Output | null;
  /** Null where it was not asked. */
  readonly confidence: number | null;
  readonly fillIn: string;
}

/** A line of `review.jsonl`: a line of an ingested file whose `expected` is still to be filled in. */
export interface ReviewLine {
  readonly traceId: string;
  readonly timestamp: string;
  readonly input: string;
  readonly output: Output | null;
  readonly expected: null;
  readonly judge: { readonly kind: 'human'; readonly id: string };
  readonly metadata: { readonly review: ReviewNote };
}

/** Examples whose label was split since. */
interface OpenExamples {
  readonly examples: readonly Example[];
  /** The time that their lines are of, ISO 8601 in UTC. */
  readonly since: string;
}

/** What is to be reviewed, in order, and how many there are in all. */
export interface Review {
  readonly lines: readonly ReviewLine[];
  /** Of all, also those beyond the limit. */
  readonly counts: readonly { readonly why: ReviewReason; readonly count: number }[];
}

/** A confidence, a fraction, from which on a mistake is a sure one. */
export const sureFrom = 0.9;
const mostLines = 1_000;
/** Who a filled in judgement is said to be of, where nobody writes a name in its place. */
const reviewer = 'review';

/**
 * The traces that a person should judge, as lines that can be ingested again: first where people disagree, then suspect
 * judgements, right outputs that the task does not know or that cannot be, what a split of its label left open, failures
 * of which nobody knows the right answer, and mistakes that the champion was sure of. Among those of one reason what
 * stands for many alike comes first, then what the champion contradicts most surely; each near-duplicate
 * group shows once before any shows twice. Where there are more than the limit each reason keeps a fair share.
 * @param openExamples what the champion was trained on and a split of its label left open, to judge as a trace of its own
 */
export function reviewOf(
  records: readonly TriagedRecord[],
  kind: TaskKind,
  openExamples: OpenExamples | null = null,
  limit = mostLines,
): Review {
  const found = records.flatMap((record) => {
    const why = whyReview(record);
    return why === null ? [] : [{ record, why }];
  });
  const examples = openExamples === null ? [] : toJudge(openExamples.examples, records);
  const byReason = reviewReasons.map((why) => ({
    why,
    records: ordered(found.filter((one) => one.why === why).map(({ record }) => record)),
    examples: why === 'left-open' ? examples : [],
  }));
  const size = (group: (typeof byReason)[number]) => group.records.length + group.examples.length;
  const shares = fairShares(byReason.map(size), limit);
  return {
    lines: byReason.flatMap((group, at) =>
      [
        ...group.records.map((record) => () => lineOf(record, group.why, kind)),
        ...group.examples.map((example) => () => lineOfExample(example, openExamples?.since ?? '', kind)),
      ]
        .slice(0, shares[at])
        .map((line) => line()),
    ),
    counts: byReason.map((group) => ({ why: group.why, count: size(group) })).filter(({ count }) => count > 0),
  };
}

/** One example of each text that no trace in the snapshot has a person judge, or has judged already; none made up. */
function toJudge(examples: readonly Example[], records: readonly TriagedRecord[]): readonly Example[] {
  const seen = new Set(
    records
      .filter(({ judgement, unsettled }) => judgement !== null || unsettled !== undefined)
      .map(({ input }) => input),
  );
  return examples.filter(({ input, provenance: { kind } }) => {
    if (seen.has(input) || kind === 'synthesis' || kind === 'probe') return false;
    seen.add(input);
    return true;
  });
}

function whyReview({ triage, judgement, unsettled, verdict, confidence }: TriagedRecord): ReviewReason | null {
  if (triage.category === 'suspect-judgement') {
    return triage.kind === 'people-disagree' ? 'people-disagree' : 'suspect-judgement';
  }
  if (!isUsable(triage.category)) return null;
  if (unsettled?.why === 'held') return 'unknown-output';
  if (unsettled?.why === 'impossible') return 'impossible-output';
  if (unsettled?.why === 'left-open') return 'left-open';
  if (judgement === null) return null;
  if (judgement.verdict === 'fail' && judgement.expected === null) return 'fail-without-correction';
  const byPerson = judgement.judge.kind === 'human';
  return verdict === 'fail' && confidence >= sureFrom && !byPerson ? 'sure-mistake' : null;
}

function ordered(records: readonly TriagedRecord[]): readonly TriagedRecord[] {
  const sizes = new Map<string, number>();
  const ranked = [...records]
    .sort((a, b) => b.confidence - a.confidence || (a.traceId < b.traceId ? -1 : 1))
    .map((record) => {
      const place = sizes.get(record.groupId) ?? 0;
      sizes.set(record.groupId, place + 1);
      return { record, place };
    });
  const size = ({ record }: (typeof ranked)[number]) => sizes.get(record.groupId) ?? 0;
  return ranked.sort((a, b) => a.place - b.place || size(b) - size(a)).map(({ record }) => record);
}

/** How many each may keep so that together they keep at most the limit, and none goes short for another's excess. */
function fairShares(sizes: readonly number[], limit: number): readonly number[] {
  const smallestFirst = sizes.map((size, at) => ({ size, at })).sort((a, b) => a.size - b.size);
  const shares = sizes.map(() => 0);
  let left = limit;
  for (const [index, { size, at }] of smallestFirst.entries()) {
    const share = Math.min(size, Math.floor(left / (sizes.length - index)));
    shares[at] = share;
    left -= share;
  }
  return shares;
}

function lineOf(record: TriagedRecord, why: ReviewReason, kind: TaskKind): ReviewLine {
  const { traceId, timestamp, input, recorded, judgement, answer, confidence } = record;
  return {
    traceId,
    timestamp,
    input,
    output: recorded,
    expected: null,
    judge: { kind: 'human', id: reviewer },
    metadata: {
      review: {
        why,
        reason: reasonOf(record, why, kind),
        onRecord: judgement,
        championAnswers: answer,
        confidence,
        fillIn: fillInOf(kind),
      },
    },
  };
}

function lineOfExample({ input, output }: Example, since: string, kind: TaskKind): ReviewLine {
  return {
    traceId: `example-${shortDigest(input)}`,
    timestamp: since,
    input,
    output: null,
    expected: null,
    judge: { kind: 'human', id: reviewer },
    metadata: {
      review: {
        why: 'left-open',
        reason: `An example of ${kind.show(output)}: its label was split; say which part it is.`,
        onRecord: null,
        championAnswers: null,
        confidence: null,
        fillIn: fillInOf(kind),
      },
    },
  };
}

function fillInOf({ words }: TaskKind): string {
  return `Write the right output, such as ${words.output}, in place of null at "expected".`;
}

function reasonOf({ triage, unsettled, answer, confidence }: TriagedRecord, why: ReviewReason, kind: TaskKind): string {
  if (why === 'fail-without-correction') return 'Judged wrong, and nobody has said what is right.';
  if (why === 'unknown-output') return `The right output that is on record is held: ${unsettled?.reason ?? ''}.`;
  if (why === 'impossible-output') return `The right output that is on record cannot be: ${unsettled?.reason ?? ''}.`;
  if (why === 'left-open') return `It was ${unsettled?.reason ?? ''}.`;
  if (why !== 'sure-mistake') return triage.reason;
  return `The champion answers ${kind.show(answer)} with a confidence of ${confidence.toFixed(2)}, and is judged wrong.`;
}
