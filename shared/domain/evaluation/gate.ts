import { z } from 'zod';
import { mcNemarOneSided } from '../base/statistics.ts';
import { type Settings, settingsSchema } from '../models/settings.ts';
import { promotionReasonSchema } from './promotion-reason.ts';

const idsSchema = z.array(z.string()).readonly();

const regressionCountSchema = z.strictObject({
  scope: z.enum(['current', 'preceding', 'earlier']),
  /** Examples of the set (for `earlier`, of the union of all earlier sets). */
  size: z.int(),
  /** Examples on record as right. */
  right: z.int(),
  /** Ids on record as right that the candidate gets wrong. */
  lost: idsSchema,
});
/** One evaluation set on record, and which of its right examples the candidate gets wrong. */
export type RegressionCount = z.infer<typeof regressionCountSchema>;

export const gateRequestSchema = z.strictObject({
  settings: settingsSchema,
  candidateScore: z.number(),
  championScore: z.number(),
  reason: promotionReasonSchema.nullable(),
  /**
   * Paired answers on all traffic-validation sets of the lineage and, where held-out traffic is little, on the
   * cross-fitted training side, pooled: ids that only one of the two has right.
   */
  gained: idsSchema,
  lost: idsSchema,
  /** Failures of traffic-validation that the candidate has right. */
  fixed: z.int(),
  regressions: z.array(regressionCountSchema).readonly(),
  evidence: z.strictObject({ failures: z.int(), traffic: z.int(), regression: z.int() }),
});
export type GateRequest = z.infer<typeof gateRequestSchema>;

const gateRuleSchema = z.strictObject({
  rule: z.enum(['score', 'paired-bound', 'regressions', 'evidence']),
  passed: z.boolean(),
  /** One sentence with the numbers in it. */
  detail: z.string(),
});
export type GateRule = z.infer<typeof gateRuleSchema>;

export const gateVerdictSchema = z.strictObject({
  outcome: z.enum(['passed', 'rejected', 'too-little-evidence']),
  rules: z.array(gateRuleSchema).readonly(),
  pValue: z.number(),
  gained: z.int(),
  lost: z.int(),
  regressions: z.array(regressionCountSchema.extend({ allowed: z.int() })).readonly(),
  reason: promotionReasonSchema.nullable(),
});
export type GateVerdict = z.infer<typeof gateVerdictSchema>;

const roundingError = 1e-9;

/** ε: how many examples on record as right a candidate may lose on a set: max(absolute, ⌊fraction × size⌋). */
export function allowedRegressions(settings: Settings, size: number): number {
  return Math.max(settings.regressionsAbsolute, Math.floor(settings.regressionsFraction * size + roundingError));
}

/** So many failures mended outweigh a loss. */
const fixesPerRegression = 2;

/**
 * ε on the traffic of the run itself, which no promotion has frozen yet: {@link allowedRegressions}, or up to the
 * larger fraction as far as losses are outweighed. On a hard task some of the champion's right answers are luck that a
 * better model does not repeat.
 */
function allowedOnCurrent({ settings, fixed }: GateRequest, size: number): number {
  const outweighed = Math.floor(settings.regressionsFractionOutweighed * size + roundingError);
  return Math.max(allowedRegressions(settings, size), Math.min(outweighed, Math.floor(fixed / fixesPerRegression)));
}

/**
 * Decides whether a candidate may replace the champion. It passes when all four rules hold: the score, the paired
 * bound, the regressions on every set given (a `current` one must be among them), and enough evidence. Where evidence
 * is too little the outcome says so, whatever else holds. A missing or impossible number never passes a rule.
 */
export function gateCandidate(request: GateRequest): GateVerdict {
  const lost = new Set(request.lost);
  const gained = new Set(request.gained).difference(lost);
  const pValue = mcNemarOneSided(gained.size, lost.size);
  const regressions = request.regressions.map((count) => ({
    ...count,
    lost: [...new Set(count.lost)],
    allowed:
      count.scope === 'current'
        ? allowedOnCurrent(request, count.size)
        : allowedRegressions(request.settings, count.size),
  }));
  const evidence = evidenceRule(request);
  const rules = [
    scoreRule(request),
    pairedRule(gained.size, lost.size, pValue, request),
    regressionRule(regressions, request),
    evidence,
  ];
  const passed = rules.every((rule) => rule.passed);
  return {
    outcome: evidence.passed ? (passed ? 'passed' : 'rejected') : 'too-little-evidence',
    rules,
    pValue,
    gained: gained.size,
    lost: lost.size,
    regressions,
    reason: request.reason,
  };
}

/**
 * Level with the champion on held-out traffic is enough: whether a candidate is better, the paired bound says, of many
 * times as many traces.
 */
function scoreRule({ candidateScore, championScore, reason, settings }: GateRequest): GateRule {
  const candidate = fraction(candidateScore);
  const champion = fraction(championScore);
  if (!isFraction(candidateScore) || !isFraction(championScore)) {
    return {
      rule: 'score',
      passed: false,
      detail: `A score is missing: candidate ${candidate}, champion ${champion}.`,
    };
  }
  const target = fraction(settings.targetScore);
  if (candidateScore >= settings.targetScore) {
    return {
      rule: 'score',
      passed: true,
      detail: `The score ${candidate} reaches the target of ${target}; the champion has ${champion}.`,
    };
  }
  const below = `The score ${candidate} is below the target of ${target}`;
  if (candidateScore < championScore) {
    return { rule: 'score', passed: false, detail: `${below} and below the champion's ${champion}.` };
  }
  const level = candidateScore === championScore ? 'level with' : 'above';
  return reason === null
    ? {
        rule: 'score',
        passed: false,
        detail: `${below}; it is ${level} the champion's ${champion}, but no reason to stop short is on record.`,
      }
    : {
        rule: 'score',
        passed: true,
        detail: `${below}, ${level} the champion's ${champion}, and no more is to be had: ${reason}.`,
      };
}

/** Also never below the champion on held-out traffic itself, however the pooled pairs fall. */
function pairedRule(gained: number, lost: number, pValue: number, request: GateRequest): GateRule {
  const { alpha } = request.settings;
  const bound = pValue <= alpha;
  const notBelow = request.candidateScore >= request.championScore;
  const pairs = `Right where the champion is wrong ${gained} times, wrong where it is right ${lost} times: p = ${probability(pValue)}, ${bound ? 'at most' : 'above'} α = ${alpha} (exact one-sided McNemar)`;
  const below = notBelow
    ? ''
    : `; on held-out traffic alone it scores below the champion's ${fraction(request.championScore)}`;
  return { rule: 'paired-bound', passed: bound && notBelow, detail: `${pairs}${below}.` };
}

function regressionRule(counts: GateVerdict['regressions'], { settings, fixed }: GateRequest): GateRule {
  const described = counts.map((count) => {
    const why = count.allowed > allowedRegressions(settings, count.size) ? ` for ${fixed} failures mended` : '';
    return `${count.scope}: ${count.lost.length} of ${count.right} on record lost, ${count.allowed} allowed${why}`;
  });
  const hasCurrent = counts.some((count) => count.scope === 'current');
  const passed = hasCurrent && counts.every((count) => count.lost.length <= count.allowed);
  const parts = hasCurrent ? described : ['the current regression set is missing', ...described];
  return { rule: 'regressions', passed, detail: `Regressions: ${parts.join('; ')}.` };
}

function evidenceRule({ evidence, settings }: GateRequest): GateRule {
  const minima = [
    { what: 'failures after triage', have: evidence.failures, need: settings.enoughFailures },
    { what: 'examples in traffic-validation', have: evidence.traffic, need: settings.enoughTraffic },
    { what: 'examples in the regression set', have: evidence.regression, need: settings.enoughRegression },
  ];
  const passed = minima.every(({ have, need }) => have >= need);
  const listed = minima.map(({ what, have, need }) => `${have} ${what} (${need} needed)`);
  return { rule: 'evidence', passed, detail: `${passed ? 'Enough' : 'Too little'} evidence: ${listed.join(', ')}.` };
}

function isFraction(value: number): boolean {
  return value >= 0 && value <= 1;
}

function fraction(value: number): string {
  return isFraction(value) ? value.toFixed(4) : 'none';
}

function probability(value: number): string {
  return value > 0 && value < 0.0001 ? value.toExponential(1) : value.toFixed(4);
}
