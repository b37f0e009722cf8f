import type { LogKind, PerturbationClass } from '../perturbations/kinds.ts';
import type { Scores } from './score.ts';

/** Arms that take part everywhere. */
export const mainArms = ['ratchet', 'naive', 'all', 'clean-only', 'random-augmentation', 'frozen'] as const;
/** Ratchet with one mechanism taken away. */
export const ablatedArms = [
  'ratchet-triage',
  'ratchet-probes',
  'ratchet-hard-negatives',
  'ratchet-replay',
  'ratchet-gate',
  'ratchet-distillation',
  'ratchet-averaging',
] as const;
export const armNames = [...mainArms, ...ablatedArms] as const;
export type ArmName = (typeof armNames)[number];

/** What triage made of a stage's logs, by kind: `poison` and `suspects` were removed. */
export interface TriageCount {
  /** The log's poison kind, else its first kind, or `none`. */
  readonly kind: LogKind | 'none';
  readonly class: PerturbationClass | 'clean';
  readonly wrongCorrection: boolean;
  readonly failing: boolean;
  readonly logs: number;
  readonly poison: number;
  readonly suspects: number;
  /** Of those not removed, how many have no known right output and so enter no set either. */
  readonly unknown: number;
}

/** A candidate that a run trained; shares are fractions. */
export interface Offer {
  readonly dataset: string;
  readonly interpolation: number;
  /** Share right out of fold, which the gate saw. */
  readonly outOfFold: number;
  readonly clean: number;
  readonly noisy: number;
  readonly promoted: boolean;
}

/** One run of the loop. */
export interface RunRecord {
  readonly decision: 'promoted' | 'kept';
  readonly reason: string;
  readonly iterations: number;
  readonly failures: number;
  readonly records: number;
  readonly seconds: number;
  /**
   * Fresh clean and noisy inputs that only the champion after, or only the one before, has right; null when it stayed.
   */
  readonly change: {
    readonly clean: { readonly gained: number; readonly lost: number };
    readonly noisy: { readonly gained: number; readonly lost: number };
  } | null;
  /** Share right on fresh text of the champion that the run began with. */
  readonly champion: { readonly clean: number; readonly noisy: number };
  /** Every candidate that was trained: its share right out of fold, and on fresh text, which nobody saw. */
  readonly offered: readonly Offer[];
  /** Scores out of fold, and what the gate weighed, of each candidate. */
  readonly gate: readonly {
    readonly iteration: number;
    readonly candidate: number;
    readonly champion: number;
    readonly outcome: string;
    /** Rules of the gate that it breaks. */
    readonly broken: readonly string[];
    readonly groups: number;
    readonly gained: number;
    readonly lost: number;
    readonly memory: readonly {
      readonly scope: string;
      readonly lost: number;
      readonly gained: number;
      readonly allowed: number;
    }[];
  }[];
}

export interface StageResult {
  readonly scores: Scores;
  /** Examples of the served model's training set; null where it is not known. */
  readonly examples: number | null;
  readonly seconds: number;
  /** Share of the stage's logs that the model serving them got wrong by the judge's word. */
  readonly judgedFailures: number;
  readonly runs: readonly RunRecord[];
  readonly triage: readonly TriageCount[];
}

/**
 * All that one arm did in one scenario, for one seed and one judge: the unit that a broken-off benchmark passes over.
 */
export interface UnitResult {
  readonly protocol: string;
  readonly scenario: string;
  readonly seed: number;
  readonly judge: string;
  readonly arm: ArmName;
  /** Of the whole unit, on all threads. */
  readonly cpuSeconds: number;
  readonly start: Scores;
  readonly stages: readonly StageResult[];
}
