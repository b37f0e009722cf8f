import type { Settings } from './settings.ts';

/** Why a candidate below τ may pass all the same. */
export type PromotionReason = 'plateau' | 'external-remainder' | 'moves-exhausted' | 'iteration-limit';

/** One evaluation set on record, and which of its right examples the candidate gets wrong. */
export interface RegressionCount {
  readonly scope: 'current' | 'preceding' | 'earlier';
  /** Examples of the set (for `earlier`, of the union of all earlier sets). */
  readonly size: number;
  /** Examples on record as right. */
  readonly right: number;
  /** Ids on record as right that the candidate gets wrong. */
  readonly lost: readonly string[];
}

export interface GateRequest {
  readonly settings: Settings;
  readonly candidateScore: number;
  readonly championScore: number;
  readonly reason: PromotionReason | null;
  /** Paired answers on all traffic-validation sets of the lineage, pooled: ids that only one of the two has right. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  readonly regressions: readonly RegressionCount[];
  readonly evidence: { readonly failures: number; readonly traffic: number; readonly regression: number };
}

export interface GateRule {
  readonly rule: 'score' | 'paired-bound' | 'regressions' | 'evidence';
  readonly passed: boolean;
  /** One sentence with the numbers in it. */
  readonly detail: string;
}

export interface GateVerdict {
  readonly outcome: 'passed' | 'rejected' | 'too-little-evidence';
  readonly rules: readonly GateRule[];
  readonly pValue: number;
  readonly gained: number;
  readonly lost: number;
  readonly regressions: readonly (RegressionCount & { readonly allowed: number })[];
  readonly reason: PromotionReason | null;
}
