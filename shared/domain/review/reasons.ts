import type { Output } from '../base/output.ts';
import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { Judgement } from '../traces/judgement.ts';
import type { ReviewItem } from './review-item.ts';
import type { Why } from './why.ts';

/** A reason with how likely something is wrong, a fraction. */
export interface WeighedWhy extends Why {
  readonly wrong: number;
}

/** A confidence from which on a mistake is a sure one. */
const sureFrom = 0.9;
/** Below this confidence an answer that nobody judged is likelier wrong than right. */
const likelyWrongBelow = 0.5;
/** Two answers that are as near to each other are on the boundary. */
const boundaryMargin = 0.1;

/** What judgements weigh that contradict each other or that nobody can go by. */
const weights = {
  peopleDisagree: 0.95,
  personAgainstJudge: 0.6,
  judgesDisagree: 0.7,
  uncorrected: 0.9,
  unusable: 0.85,
  drifted: 0.55,
};

/**
 * Why a person should look at a trace, likeliest wrong first; none where nothing speaks for it. Random traffic is chosen
 * elsewhere.
 */
export function reasonsFor(item: ReviewItem, kind: Pick<TaskKind, 'same' | 'show'>): readonly WeighedWhy[] {
  if (item.run?.isPoison === true) return [];
  const isOfPerson = item.judgements.some(({ judge }) => judge.kind === 'human');
  const found = [
    disagreement(item, kind),
    unusable(item),
    ...(isOfPerson ? [] : [suspect(item), sureError(item, kind), unjudged(item, kind), drifted(item)]),
  ];
  return found.filter((why) => why !== null).sort((a, b) => b.wrong - a.wrong);
}

/** The confidence of the recorded answer: out of fold where the last run's champion gave the same. */
export function confidenceOf({ output, confidence, run }: ReviewItem, kind: Pick<TaskKind, 'same'>): number | null {
  return run !== null && sameAnswer(kind, run.answer, output) ? run.confidence : confidence;
}

function suspect({ run }: ReviewItem): WeighedWhy | null {
  if (run?.suspect == null) return null;
  return { kind: 'suspect', text: run.suspect.reason, wrong: run.suspect.probability };
}

function unusable({ counts }: ReviewItem): WeighedWhy | null {
  if (counts.kind !== 'held' && counts.kind !== 'impossible') return null;
  return {
    kind: 'suspect',
    text: `The judgement on record does not count: ${counts.reason}.`,
    wrong: weights.unusable,
  };
}

function disagreement(
  { output, judgements, counts }: ReviewItem,
  kind: Pick<TaskKind, 'same' | 'show'>,
): WeighedWhy | null {
  if (counts.kind === 'disputed') {
    return { kind: 'disagreement', text: `Undecided: ${counts.reason}.`, wrong: weights.peopleDisagree };
  }
  if (counts.kind !== 'counts') return null;
  const own = counts.judgement;
  if (own.judge.kind === 'propagated') return null;
  const other = judgements.find(
    (one) =>
      one.judge.kind !== 'propagated' &&
      (one.judge.kind !== own.judge.kind || one.judge.id !== own.judge.id) &&
      contradicts(one, own, output, kind),
  );
  if (other === undefined) return null;
  const isPersons = own.judge.kind === 'human';
  return {
    kind: 'disagreement',
    text: `${nameOf(own)} says ${said(own, output, kind)}, ${nameOf(other)} says ${said(other, output, kind)}.`,
    wrong: isPersons ? weights.personAgainstJudge : weights.judgesDisagree,
  };
}

function sureError(item: ReviewItem, kind: Pick<TaskKind, 'same' | 'show'>): WeighedWhy | null {
  const { counts, output } = item;
  if (counts.kind !== 'counts' || counts.judgement.verdict !== 'fail') return null;
  if (counts.judgement.expected === undefined) {
    return { kind: 'sure-error', text: 'Judged wrong, and nobody has said what is right.', wrong: weights.uncorrected };
  }
  const confidence = confidenceOf(item, kind);
  if (confidence === null || confidence < sureFrom) return null;
  const text = `The model answered ${kind.show(output)} with a confidence of ${confidence.toFixed(2)}, and is judged wrong.`;
  return { kind: 'sure-error', text, wrong: confidence * 0.9 };
}

function unjudged(item: ReviewItem, kind: Pick<TaskKind, 'same'>): WeighedWhy | null {
  if (item.counts.kind !== 'none') return null;
  const confidence = confidenceOf(item, kind);
  const margin = item.run !== null && sameAnswer(kind, item.run.answer, item.output) ? item.run.margin : null;
  if (confidence !== null && confidence < likelyWrongBelow) {
    const text = `Nobody has judged it, and its confidence is ${confidence.toFixed(2)}.`;
    return { kind: 'sure-error', text, wrong: 1 - confidence };
  }
  if (margin === null || margin >= boundaryMargin) return null;
  const text = `Two answers are nearly as likely: they are ${margin.toFixed(2)} apart.`;
  return { kind: 'boundary', text, wrong: (1 - margin) / 2 };
}

/** What shows that the traffic has changed is judged first of what nobody has judged: runs need it to follow. */
function drifted({ drift, counts }: ReviewItem): WeighedWhy | null {
  if (drift === undefined || counts.kind !== 'none') return null;
  return { kind: 'drift', text: `The traffic has changed, and it shows how: ${drift}.`, wrong: weights.drifted };
}

function contradicts(a: Judgement, b: Judgement, recorded: Output | null, kind: Pick<TaskKind, 'same'>): boolean {
  const [one, other] = [rightBy(a, recorded), rightBy(b, recorded)];
  if (one !== null && other !== null) return kind.same(one, other) === false;
  return a.verdict !== null && b.verdict !== null && a.verdict !== b.verdict;
}

function rightBy({ expected, verdict }: Judgement, recorded: Output | null): Output | null {
  return expected ?? (verdict === 'pass' ? recorded : null);
}

function nameOf({ judge }: Judgement): string {
  return `${judge.kind} ${judge.id.slice(0, 60)}`;
}

function said(judgement: Judgement, recorded: Output | null, kind: Pick<TaskKind, 'show'>): string {
  const right = rightBy(judgement, recorded);
  return right === null ? 'that it is wrong' : JSON.stringify(kind.show(right).slice(0, 80));
}
