import { formatCount, plural } from '../../domain/base/wording.ts';
import type { FallenFacet } from '../../domain/evaluation/facet-losses.ts';
import type { GateVerdict } from '../../domain/evaluation/gate.ts';
import { reviewFile } from '../state/review.ts';
import { decidedCandidate } from './decided-candidate.ts';
import {
  evidenceDays,
  heldForNames,
  isAllRight,
  reviewIsEnough,
  shortEvidence,
  withoutAnswer,
} from './evidence-rows.ts';
import { enoughForPoints, formatPoints, formatPValue } from './format.ts';
import { ruleTitle, stopReasons } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import { stackOption } from './stack-option.ts';
import { visibleLine } from './visible-text.ts';

/** What the words of a decision are made of. */
export type Decided = Pick<
  ReportData,
  | 'decision'
  | 'ended'
  | 'candidates'
  | 'decidedOn'
  | 'evidence'
  | 'moreForFolds'
  | 'onRecord'
  | 'rates'
  | 'keptOut'
  | 'unlearnt'
  | 'review'
  | 'links'
  | 'weighed'
  | 'model'
  | 'words'
  | 'alone'
  | 'reason'
  | 'undecided'
  | 'notCovered'
>;

/** The decision in words, the same in the report, the curation log and the closing lines of a run. */
export interface DecisionWords {
  /** What the gate's evidence says, without a full stop. */
  readonly evidence: string;
  /** The facets that are proven to lose, worst first: `label fraud: −47 points (9 of 19)`; null where none is. */
  readonly losing: string | null;
  /** Those that lose more than they gain without proof, which may be chance; null where none does. */
  readonly perhaps: string | null;
  /** What one judge alone says against the first examples, so that it is held; null where there is none. */
  readonly alone: string | null;
  /** Why the champion stays; null after a promotion. */
  readonly why: string | null;
}

/** What is said of a loss without proof. */
export const mayBeChance = 'may be chance';
const namedFacets = 3;
const convincing = 0.05;

/** Puts a decision in words by what the gate weighed. */
export function decisionWords(data: Decided): DecisionWords {
  const candidate = decidedCandidate(data);
  const why = data.decision === 'promoted' ? null : whyKept(data);
  const alone = aloneInWords(data);
  if (candidate === null) return { evidence: withoutCandidate(data), losing: null, perhaps: null, alone, why };
  return {
    evidence: evidenceOf(candidate.verdict, data.words),
    ...losingFacets(candidate.verdict.fallen, data.words),
    alone,
    why,
  };
}

/** The decision in one line: `20 mended, 1 lost of 59 judged traces, p < 0.0001; label fraud: −47 points (9 of 19)`. */
export function headlineOf(data: Decided): string {
  const { evidence, losing, perhaps, alone } = decisionWords(data);
  return [evidence, losing, perhaps && `${perhaps} (${mayBeChance})`, alone].filter((part) => part !== null).join('; ');
}

/** Why the champion stays, with the rules of the gate that failed; null after a promotion. */
export function whyOf(data: Decided): string | null {
  const { why } = decisionWords(data);
  const failed = decidedCandidate(data)?.verdict.rules.filter(({ passed }) => !passed) ?? [];
  return why === null
    ? null
    : [why, ...failed.map((rule) => `${ruleTitle(rule, data.words)}: ${rule.detail}`)].join(' ');
}

/** Whether so many mended are hardly chance. */
export function isConvincing({ pValue }: Pick<GateVerdict, 'pValue'>): boolean {
  return pValue <= convincing;
}

/**
 * `20 mended, 1 lost of 59 judged traces, p < 0.0001`; where parts were counted, `more entities right in 30, fewer in 9 of
 * 59 judged traces with entities, p < 0.0001 (wholly right: 20 mended, 1 lost)`.
 */
function evidenceOf({ groups, gained, lost, partly, net, pValue }: GateVerdict, words: Decided['words']): string {
  const p = `p ${pValue < 0.0001 ? '' : '= '}${formatPValue(pValue)}`;
  const whole = `${formatCount(gained)} mended, ${formatCount(lost)} lost`;
  const parts = words.parts?.several ?? 'parts';
  const of = `of ${plural(groups, 'judged trace')}`;
  const told =
    partly === undefined
      ? `${whole} ${of}, ${p}`
      : `more ${parts} right in ${formatCount(partly.more)}, fewer in ${formatCount(partly.less)} ${of} with ${parts}, ${p} (wholly right: ${whole})`;
  return isConvincing({ pValue }) || net <= 0
    ? told
    : `${told}; the ${plural(groups, 'judged trace')} cannot tell more`;
}

/** `label a: 70 of 88 are b by human/ana alone, held for review (ratchet suspects MODEL)`. */
function aloneInWords({ alone, words, model, links }: Decided): string | null {
  if (alone.length === 0) return null;
  const shown = alone.slice(0, namedFacets).map(({ judge, from, word, to, turned, of }) => {
    const what = word === null ? `${words.facet} ${visibleLine(from ?? '', 60)}` : `word ${visibleLine(word, 60)}`;
    return `${what}: ${formatCount(turned)} of ${formatCount(of)} are ${visibleLine(to, 60)} by ${visibleLine(judge, 60)} alone`;
  });
  const more = alone.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}, held for review (ratchet suspects ${model.modelId}${stackOption({ links })})`;
}

function losingFacets(
  fallen: readonly FallenFacet[],
  words: Decided['words'],
): Pick<DecisionWords, 'losing' | 'perhaps'> {
  const worstFirst = [...fallen].sort((a, b) => b.lost - b.gained - (a.lost - a.gained));
  const proven = worstFirst.filter((facet) => facet.proven);
  const unproven = worstFirst.filter((facet) => !facet.proven);
  return { losing: named(proven, words), perhaps: named(unproven, words) };
}

function named(facets: readonly FallenFacet[], words: Decided['words']): string | null {
  if (facets.length === 0) return null;
  const shown = facets.slice(0, namedFacets).map((facet) => `${visibleLine(facet.facet, 60)}: ${facetLoss(facet)}`);
  const more = facets.length - shown.length;
  const rest = more === 0 ? '' : ` and ${formatCount(more)} more`;
  return `${facets.length === 1 ? words.facet : words.facets} ${shown.join(', ')}${rest}`;
}

/** What a facet loses: `−47 points (9 of 19)`, or of few records the count, `1 of 1 lost`. */
export function facetLoss({ records, gained, lost }: Pick<FallenFacet, 'records' | 'gained' | 'lost'>): string {
  if (records >= enoughForPoints) {
    return `${formatPoints((gained - lost) / records, pointDigits(lost - gained, records))} points (${formatCount(lost - gained)} of ${formatCount(records)})`;
  }
  return gained === 0
    ? `${formatCount(lost)} of ${formatCount(records)} lost`
    : `${formatCount(lost)} lost and ${formatCount(gained)} mended of ${formatCount(records)}`;
}

/** Whole points, but where that would read as none. */
function pointDigits(net: number, records: number): number {
  return net / records < 0.01 ? 1 : 0;
}

function withoutCandidate(data: Decided): string {
  const { keptOut } = data;
  if (keptOut !== null) {
    const { checkpointId, by, reason } = keptOut;
    return `Checkpoint ${checkpointId} was rolled back by ${visibleLine(by, 100)}: ${visibleLine(reason, 300)}`;
  }
  if (data.notCovered !== undefined) return withoutMoney(data.notCovered);
  if (data.unlearnt.length > 0) return withoutJudgedExample(data);
  const short = shortEvidence(data);
  if (short.length === 0) return 'No candidate came before the gate';
  const { undecided = 0 } = data;
  if (undecided > 0)
    return `${plural(undecided, 'judged trace is', 'judged traces are')} undecided: the judge ${data.model.judge} cannot tell whether an answer that differs from the right one is as good, a chat model could (--judge llm)${held(data)}`;
  if (isAllRight(data))
    return `the champion has all ${plural(data.weighed.size, 'judged trace')} right: there is nothing to learn from${held(data)}`;
  if (reviewIsEnough(data)) {
    const open = withoutAnswer(data);
    return `${plural(open, 'failure has', 'failures have')} no right answer yet, enough to decide by once ${open === 1 ? 'it is' : 'they are'} filled in: fill in ${reviewFile} first (ratchet report ${data.model.modelId} --review${stackOption(data)})`;
  }
  const wanted = short.map(({ have, need, wanted: what }) => plural(need - have, `more ${what}`));
  const days = evidenceDays(data);
  const when = days === null ? '' : `, about ${plural(days, 'day')} at the present rate`;
  return `${wanted.join(' and ')} ${short.length === 1 && short.every(({ have, need }) => need - have === 1) ? 'is' : 'are'} missing until there is enough to decide by${when}${unanswered(data)}${held(data)}`;
}

/** `the budget of $0.5 covers the champion’s answers to 400 of 1,000 traces`. */
function withoutMoney({ asked, notAsked, budgetUsd }: NonNullable<Decided['notCovered']>): string {
  const budget = budgetUsd === null ? 'the budget' : `the budget of $${budgetUsd}`;
  return `${budget} covers the champion’s answers to ${formatCount(asked)} of ${plural(asked + notAsked, 'trace')}`;
}

/** `order_where, order_when have no judged example since the split: judge some (ratchet report MODEL --review)`. */
function withoutJudgedExample({ unlearnt, model, links }: Decided): string {
  const shown = unlearnt.slice(0, namedFacets).map((facet) => visibleLine(facet, 60));
  const more = unlearnt.length > shown.length ? ` and ${formatCount(unlearnt.length - shown.length)} more` : '';
  return `${shown.join(', ')}${more} ${unlearnt.length === 1 ? 'has' : 'have'} no judged example since the split: judge some (ratchet report ${model.modelId} --review${stackOption({ links })})`;
}

function unanswered(data: Decided): string {
  const open = withoutAnswer(data);
  return open === 0 ? '' : `; ${plural(open, 'failure has', 'failures have')} no right answer yet`;
}

/** `; 190 judgements name labels that the model does not know, and are held (ratchet labels MODEL)`. */
function held(data: Decided): string {
  const count = heldForNames(data);
  if (count === 0) return '';
  const { model, words } = data;
  return `; ${plural(count, 'judgement names', 'judgements name')} ${words.facets} that the model does not know, and ${count === 1 ? 'is' : 'are'} held (ratchet labels ${model.modelId}${stackOption(data)})`;
}

function whyKept(data: Decided): string {
  if (data.keptOut !== null) {
    return 'No person has judged anything since, so the same evidence would make the like of it again, and nothing was trained.';
  }
  if (data.notCovered !== undefined) return data.reason;
  if (decidedCandidate(data) === null) {
    if (data.unlearnt.length === 0 && shortEvidence(data).length === 0) return data.reason;
    return data.onRecord === true
      ? 'The run ended before training, and the champion, whose answers cost something, was not asked: those on record count.'
      : 'The run ended before training.';
  }
  return data.ended === null
    ? 'No candidate passed the gate.'
    : `No candidate passed the gate, and the search ended because ${stopReasons[data.ended]}.`;
}
