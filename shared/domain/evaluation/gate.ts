import { z } from 'zod';
import { mcNemarOneSided, signFlipOneSided } from '../base/statistics.ts';
import { type Settings, settingsSchema } from '../models/settings.ts';
import {
  type FacetCount,
  facetCountSchema,
  fallenFacetSchema,
  fallenFacets,
  familyWiseError,
  isPossible,
} from './facet-losses.ts';
import { type Changes, netGain, pairsNeeded, pairsNeededStrictly, partialChanges, wholeChanges } from './net-gain.ts';

const idsSchema = z.array(z.string()).readonly();
/** How far the changes of independent groups go, −1 to 1, those that change alone. */
const changesSchema = z.array(z.number()).readonly();

const memorySchema = z.strictObject({
  /** The records that the preceding promotion froze, or the union of those of all earlier ones. */
  scope: z.enum(['preceding', 'earlier']),
  /** Frozen records. */
  size: z.int(),
  /** Records that are right on record. */
  right: z.int(),
  /** Ids that are right on record and that the candidate gets wrong, and the other way round. */
  lost: idsSchema,
  gained: idsSchema,
  /**
   * The sum of all changes, in records, where records can be right in part and it is on record in how much; what is lost
   * net goes by it then, else by the ids.
   */
  change: z.number().optional(),
});
/** What a candidate forgets, and mends, of the records of earlier promotions. */
export type MemoryCount = z.infer<typeof memorySchema>;

export const gateRequestSchema = z.strictObject({
  settings: settingsSchema,
  /** A wider margin that the trainer asks for, a fraction, such as 0.01 where folds are dear; null: by caution. */
  margin: z.number().min(0).max(1).nullable(),
  /**
   * Near-duplicate groups of all judged records, answered out of fold, and one id for each that only one has right. Of a
   * task whose answers can be right in part also how much of each group changes: the gain goes by that, and groups are
   * those where a part is wanted or answered.
   */
  pairs: z.strictObject({ groups: z.int(), gained: idsSchema, lost: idsSchema, changes: changesSchema.optional() }),
  /** Scores on the records, where answers can be right in part: what gains in parts must not lose by the task's metric. */
  score: z.strictObject({ metric: z.string(), champion: z.number(), candidate: z.number() }).optional(),
  memory: z.array(memorySchema).readonly(),
  /** The pairs by facet, each facet that the task knows once, also those without records. */
  facets: z.array(facetCountSchema).readonly(),
  /** The pairs that a person has judged, whose word ranks above all others'; none where it is left out. */
  people: facetCountSchema.omit({ facet: true }).optional(),
  /** Failures after triage, and judged records in all. */
  evidence: z.strictObject({
    failures: z.int(),
    records: z.int(),
    /** Answers of the candidate of which somebody has said whether they are as good as the right ones, and those that are. */
    judged: z.int().optional(),
    passed: z.int().optional(),
    /** Answers of the candidate left out, as nobody has said that of them. */
    undecided: z.int().optional(),
    /** Answers left out beside those, of records to which the judge did not come. */
    leftOut: z.int().optional(),
    /** Records that the candidate was not asked about, as the budget did not cover it. */
    notAsked: z.int().optional(),
    /** Why nobody has judged what is undecided, where that is known. */
    unjudged: z.string().optional(),
  }),
  /**
   * Scores, fractions, of a served model that is no average of its fold models: its own on the pool it was trained on,
   * and that of its fold models out of fold. Null for an average.
   */
  fit: z.strictObject({ pool: z.number(), outOfFold: z.number() }).nullable(),
  /** How sentences name facets, and the parts that an answer can be right in; labels where it is left out. */
  words: z.strictObject({ facet: z.string(), facets: z.string(), parts: z.string().optional() }).optional(),
});
export type GateRequest = z.infer<typeof gateRequestSchema>;

const gateRuleSchema = z.strictObject({
  rule: z.enum(['gain', 'memory', 'labels', 'evidence', 'fit']),
  passed: z.boolean(),
  /** One sentence with the numbers in it. */
  detail: z.string(),
});
export type GateRule = z.infer<typeof gateRuleSchema>;

export const gateVerdictSchema = z.strictObject({
  outcome: z.enum(['passed', 'rejected', 'too-little-evidence']),
  rules: z.array(gateRuleSchema).readonly(),
  /** Near-duplicate groups paired, and those that only the candidate, or only the champion, has right. */
  groups: z.int(),
  gained: z.int(),
  lost: z.int(),
  /** Groups of which more, and of which less, is right; absent where answers are right or wrong as a whole. */
  partly: z.strictObject({ more: z.int(), less: z.int() }).optional(),
  /** The net gain as a fraction of the groups, and its one-sided 95 % lower bound; of parts where there are. */
  net: z.number(),
  lower: z.number(),
  /** Of the exact one-sided McNemar test, or where there are parts of the sign-flip test, its like. */
  pValue: z.number(),
  memory: z.array(memorySchema.extend({ gained: z.int(), allowed: z.int() })).readonly(),
  /** The facets that lose more than they gain, proven or not, worst first. */
  fallen: z.array(fallenFacetSchema).readonly(),
});
export type GateVerdict = z.infer<typeof gateVerdictSchema>;

const roundingError = 1e-9;
/** How much of the score, a fraction, the lower bound of the net gain may lie below zero, by caution. */
export const margins = { normal: 0.0025, bold: 0.005 } as const;
/** Labels that a sentence names, worst first. */
const named = 5;

/** How many answers of frozen records may be lost net: max(absolute, ⌊fraction × records⌋). */
export function allowedLosses(settings: Pick<Settings, 'memoryAbsolute' | 'memoryFraction'>, size: number): number {
  return Math.max(settings.memoryAbsolute, Math.floor(settings.memoryFraction * size + roundingError));
}

/**
 * Decides whether a candidate may replace the champion. It passes when all five rules hold: a gain that is surely no
 * loss beyond the margin, nothing forgotten of earlier promotions, no label that falls, enough evidence, and a served
 * model that fits. Where evidence is too little the outcome says so, whatever else holds. A missing or impossible number
 * never passes a rule.
 */
export function gateCandidate(request: GateRequest): GateVerdict {
  const { groups } = request.pairs;
  const { lost, gained } = distinct(request.pairs);
  const counts = { groups, gained: gained.length, lost: lost.length };
  const { changes } = request.pairs;
  const partly = changes === undefined ? {} : { partly: partlyOf(changes) };
  const told = changesOf(counts, changes);
  const memory = request.memory.map((count) => ({
    ...memoryOf(count),
    allowed: allowedLosses(request.settings, count.size),
  }));
  const fallen = fallenFacets(request.facets);
  const evidence = evidenceRule(request);
  const rules = [
    gainRule(counts, request),
    memoryRule(memory, request),
    labelsRule(fallen, request),
    evidence,
    fitRule(request),
  ];
  const passed = rules.every((rule) => rule.passed);
  return {
    outcome: evidence.passed ? (passed ? 'passed' : 'rejected') : 'too-little-evidence',
    rules,
    ...counts,
    ...partly,
    ...netGain(told),
    pValue: chanceOf(counts, changes),
    memory,
    fallen,
  };
}

/** Every id once; one that is gained and lost counts as lost. */
function distinct(changes: { readonly gained: readonly string[]; readonly lost: readonly string[] }) {
  const lost = new Set(changes.lost);
  return { lost: [...lost], gained: [...new Set(changes.gained).difference(lost)] };
}

function memoryOf(count: MemoryCount) {
  const { lost, gained } = distinct(count);
  return { ...count, lost, gained: gained.length };
}

type Counts = Pick<GateVerdict, 'groups' | 'gained' | 'lost'>;

function partlyOf(changes: readonly number[]): { more: number; less: number } {
  return { more: changes.filter((change) => change > 0).length, less: changes.filter((change) => change < 0).length };
}

function changesOf({ groups, gained, lost }: Counts, changes: readonly number[] | undefined): Changes {
  return changes === undefined ? wholeChanges(groups, gained, lost) : partialChanges(groups, changes);
}

/** How likely so much would be gained, were both equally good. */
function chanceOf({ gained, lost }: Counts, changes: readonly number[] | undefined): number {
  return changes === undefined ? mcNemarOneSided(gained, lost) : signFlipOneSided(changes);
}

function gainRule(counts: Counts, request: GateRequest): GateRule {
  const { settings, margin, pairs, words } = request;
  const told = toldOf(counts, request);
  const fails = (why: string): GateRule => ({ rule: 'gain', passed: false, detail: `${told}: ${why}.` });
  if (!arePossible(counts, pairs.changes)) return fails('these numbers cannot be');
  const changes = changesOf(counts, pairs.changes);
  if (changes.sum <= 0) return fails('no gain');
  const test =
    settings.caution === 'strict'
      ? superior(changes, chanceOf(counts, pairs.changes), settings.alpha, pairs.changes === undefined)
      : notWorse(changes, margin ?? margins[settings.caution]);
  const unit = pairs.changes === undefined ? 'points' : `points of ${partsOf(words)} right`;
  const gain = `a gain of ${points(netGain(changes).net)} ${unit}`;
  const more =
    test.passed || test.needed === null ? '' : `; at these rates about ${number(test.needed)} records would do`;
  const faults = pairs.changes === undefined ? [] : [...wholeFault(counts), ...scoreFault(request.score)];
  return {
    rule: 'gain',
    passed: test.passed && faults.length === 0,
    detail: `${[`${told}: ${gain}, ${test.detail}${more}`, ...faults].join('; ')}.`,
  };
}

/** What was counted, in words. */
function toldOf({ groups, gained, lost }: Counts, { pairs, words }: GateRequest): string {
  const records = `${number(groups)} independent records`;
  if (pairs.changes === undefined) {
    return `Right where the champion is wrong ${times(gained)}, wrong where it is right ${times(lost)}, on ${records}`;
  }
  const { more, less } = partlyOf(pairs.changes);
  return `More ${partsOf(words)} right in ${number(more)} of ${records} with ${partsOf(words)}, fewer in ${number(less)} (wholly right: ${number(gained)} gained, ${number(lost)} lost)`;
}

function partsOf(words: GateRequest['words']): string {
  return words?.parts ?? 'parts';
}

function arePossible({ groups, gained, lost }: Counts, changes: readonly number[] | undefined): boolean {
  return (
    isPossible({ records: groups, gained, lost }) &&
    (changes === undefined || (changes.length <= groups && changes.every((change) => Math.abs(change) <= 1)))
  );
}

/** However much is gained in parts, what is wholly right must not be proven to fall. */
function wholeFault({ gained, lost }: Counts): string[] {
  const pValue = mcNemarOneSided(lost, gained);
  return lost > gained && pValue <= familyWiseError
    ? [`what is wholly right is proven to fall, p = ${probability(pValue)}`]
    : [];
}

/** Where few records hold most parts, records can gain on the whole and the task's metric lose. */
function scoreFault(score: GateRequest['score']): string[] {
  if (score === undefined || score.candidate >= score.champion) return [];
  return [`${score.metric} falls from ${fraction(score.champion)} to ${fraction(score.candidate)}`];
}

function superior(changes: Changes, pValue: number, alpha: number, whole: boolean) {
  const test = whole ? 'exact one-sided McNemar test' : 'one-sided sign-flip test';
  return {
    passed: pValue <= alpha,
    detail: `p = ${probability(pValue)} by the ${test} (at most ${alpha} is needed)`,
    needed: pairsNeededStrictly(changes, alpha),
  };
}

function notWorse(changes: Changes, margin: number) {
  const { lower } = netGain(changes);
  return {
    passed: lower > -margin,
    detail: `with 95 % certainty above ${signed(lower)} points (above ${signed(-margin)} is needed)`,
    needed: pairsNeeded(changes, margin),
  };
}

/** What is lost net of frozen records: of whole ones, or where there are parts as many whole ones' worth. */
export function netLoss({ lost, gained, change }: Pick<GateVerdict['memory'][number], 'lost' | 'gained' | 'change'>) {
  return Math.max(0, change === undefined ? lost.length - gained : -change);
}

function memoryRule(counts: GateVerdict['memory'], { words }: GateRequest): GateRule {
  if (counts.length === 0) return { rule: 'memory', passed: true, detail: 'No earlier promotion is on record.' };
  const parts = counts.map((count) => {
    const { scope, right, lost, gained, allowed, change } = count;
    const loss = netLoss(count);
    const much = change === undefined ? `${loss} lost net` : `${partsOf(words)} worth ${loss.toFixed(2)} lost net`;
    const net = loss > 0 ? much : 'none lost net';
    const promotions = scope === 'preceding' ? 'the preceding promotion' : 'all earlier promotions';
    return `of ${number(right)} right answers of ${promotions} ${lost.length} are lost and ${gained} others mended, ${net} (${allowed} allowed)`;
  });
  const passed = counts.every((count) => isNumber(count) && netLoss(count) <= count.allowed);
  return { rule: 'memory', passed, detail: capitalised(`${parts.join('; ')}.`) };
}

function isNumber({ change }: Pick<MemoryCount, 'change'>): boolean {
  return change === undefined || Number.isFinite(change);
}

/** What falls without proof is named and no failure: among many labels some fall by chance under a better model. */
function labelsRule(
  fallen: GateVerdict['fallen'],
  { settings, facets, people, words = { facet: 'label', facets: 'labels' } }: GateRequest,
): GateRule {
  const silent = facets.filter(({ records }) => records === 0).map(({ facet }) => facet);
  const proven = fallen.filter((facet) => facet.proven);
  const unproven = fallen.filter((facet) => !facet.proven);
  const faults = [
    ...facets.filter((count) => !isPossible(count)).map(({ facet }) => `the numbers of ${facet} cannot be`),
    ...(proven.length === 0 ? [] : [`proven to fall: ${listed(proven)}`]),
    ...settings.critical.flatMap((facet) => criticalFault(facet, words.facet, facets, settings.enoughCritical)),
    ...peopleFault(people),
  ];
  const told = facets.length - silent.length;
  const none =
    facets.length === 0
      ? `no record names any ${words.facet}, so none can fall`
      : `none of ${number(told)} ${words.facets} is proven to fall`;
  const what = faults.length === 0 ? none : faults.join('; ');
  const seen = unproven.length === 0 ? '' : `; losing more than they gain, without proof: ${listed(unproven)}`;
  return { rule: 'labels', passed: faults.length === 0, detail: capitalised(`${what}${seen}${untold(silent)}.`) };
}

/** Labels of which nobody can tell whether they fall. */
function untold(silent: readonly string[]): string {
  if (silent.length === 0) return '';
  const more = silent.length > named ? ` and ${silent.length - named} more` : '';
  return `; no record tells of ${silent.slice(0, named).join(', ')}${more}`;
}

/** What people judged must not be proven to fall either, however much is gained by the word of others. */
function peopleFault(people: GateRequest['people']): string[] {
  if (people === undefined || !isPossible(people))
    return people === undefined ? [] : ['the numbers of people cannot be'];
  const { records, gained, lost } = people;
  const pValue = mcNemarOneSided(lost, gained);
  if (lost <= gained || pValue > familyWiseError) return [];
  const counts = `${gained} gained, ${lost} lost of ${number(records)}, p = ${probability(pValue)}`;
  return [`what people judged is proven to fall (${counts})`];
}

function criticalFault(critical: string, word: string, facets: readonly FacetCount[], enough: number): string[] {
  const { records, gained, lost } = facets.find(({ facet }) => facet === critical) ?? {
    records: 0,
    gained: 0,
    lost: 0,
  };
  if (!(records >= enough)) {
    return [
      `the critical ${word} ${critical} has ${number(records)} records, and ${enough} are needed to tell, which holds the candidate back`,
    ];
  }
  return lost > gained
    ? [`the critical ${word} ${critical} may lose nothing net (${gained} gained, ${lost} lost)`]
    : [];
}

function evidenceRule({ evidence, settings }: GateRequest): GateRule {
  const minima = [
    { what: 'failures after triage', have: evidence.failures, need: settings.enoughFailures },
    { what: 'judged records', have: evidence.records, need: settings.enoughRecords },
  ];
  const passed = minima.every(({ have, need }) => have >= need);
  const found = minima.map(({ what, have, need }) => `${number(have)} ${what} (${need} needed)`);
  const detail = `${passed ? 'Enough' : 'Too little'} evidence: ${found.join(', ')}.${judgedWords(evidence)}`;
  return { rule: 'evidence', passed, detail };
}

/** What was judged of answers that read otherwise than the right output, and what was not; empty where none does. */
function judgedWords({ judged, passed = 0, undecided, leftOut, notAsked, unjudged }: GateRequest['evidence']): string {
  const words = (answers: number) =>
    `${number(answers)} ${answers === 1 ? 'answer says' : 'answers say'} it otherwise than the right output`;
  const beside =
    leftOut === undefined ? '' : `, and ${number(leftOut)} more of records to which the judge did not come`;
  return [
    judged === undefined
      ? ''
      : ` ${words(judged)} and ${judged === 1 ? 'was' : 'were'} judged: ${number(passed)} passed.`,
    undecided === undefined ? '' : ` ${words(undecided)}, and nobody has judged that: left out${beside}.`,
    unjudged === undefined ? '' : ` ${unjudged}`,
    notAsked === undefined ? '' : ` The budget did not cover asking it about ${number(notAsked)} more.`,
  ].join('');
}

function fitRule({ fit }: GateRequest): GateRule {
  if (fit === null) {
    return { rule: 'fit', passed: true, detail: 'The served model is the average of the models that were tested.' };
  }
  const { pool, outOfFold } = fit;
  const passed = isFraction(pool) && isFraction(outOfFold) && pool >= outOfFold;
  const than = `${passed ? 'no less than' : 'not even'} the ${fraction(outOfFold)} of its fold models on what they never saw`;
  return {
    rule: 'fit',
    passed,
    detail: `The served model has ${fraction(pool)} of its own training pool right, ${than}.`,
  };
}

function isFraction(value: number): boolean {
  return value >= 0 && value <= 1;
}

function listed(facets: GateVerdict['fallen']): string {
  const shown = facets.slice(0, named).map(({ facet, records, gained, lost, pValue }) => {
    return `${facet} (${gained} gained, ${lost} lost of ${number(records)}, p = ${probability(pValue)})`;
  });
  return facets.length > named ? `${shown.join(', ')} and ${facets.length - named} more` : shown.join(', ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${number(count)} times`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** A fraction in points, two places. */
function points(value: number): string {
  return (100 * Math.abs(value)).toFixed(2);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${points(value)}`;
}

function fraction(value: number): string {
  return isFraction(value) ? value.toFixed(4) : 'none';
}

function probability(value: number): string {
  return value > 0 && value < 0.0001 ? value.toExponential(1) : value.toFixed(4);
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
