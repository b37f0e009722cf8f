import type { ArmName } from '../arms/unit-result.ts';
import type { Difference } from './bootstrap.ts';
import type { Overall } from './overall-summary.ts';
import type { Promotions } from './promotions-summary.ts';

/**
 * What a model is scored on: fresh inputs as they are and perturbed, the union of the stages' test parts (the paper's
 * set), and its two halves.
 */
export const measures = ['clean', 'noisy', 'union', 'unionClean', 'unionNoisy'] as const;
export type Measure = (typeof measures)[number];

/** Accuracies, fractions, means over the seeds. */
export interface StageSummary extends Readonly<Record<Measure, number>> {
  /** On the test part of each stage. */
  readonly parts: readonly number[];
  readonly examples: number | null;
  readonly seconds: number;
}

export interface ArmSummary {
  readonly seeds: readonly number[];
  readonly stages: readonly StageSummary[];
  /** Accuracy of Ratchet less that of this arm after the last stage, by measure; none for Ratchet itself. */
  readonly behindRatchet: Readonly<Partial<Record<Measure, Difference>>>;
}

/** A scenario under one judge. */
export interface ScenarioSummary {
  readonly name: string;
  readonly scenario: string;
  readonly judge: string;
  readonly about: string;
  readonly foundation: string;
  readonly start: Readonly<Record<Measure, number>>;
  readonly arms: Readonly<Partial<Record<ArmName, ArmSummary>>>;
}

export interface TriageRow {
  readonly name: string;
  readonly logs: number;
  readonly removed: number;
  /** Share of the group's logs that were removed: for poison the recall, for the rest what was lost. */
  readonly share: number;
}

/** What triage removed, of the logs of the stages with this share of poison. */
export interface TriageSummary {
  readonly judge: string;
  /** The poison share of the stage; null for all stages together. */
  readonly poison: number | null;
  /** Share of what was removed that is poison, and of poison that was removed. */
  readonly precision: number;
  readonly recall: number;
  /** Share of poison that enters no set: removed, or without a right output that anybody knows. */
  readonly keptOut: number;
  /** Share of wrong corrections that was removed. */
  readonly wrongCorrectionsRemoved: number;
  readonly classes: readonly TriageRow[];
  readonly kinds: readonly TriageRow[];
}

/** How good triage is at what it is for. */
export interface TriageShares {
  /** Share of what was removed that is poison. */
  readonly precision: number;
  readonly wrongCorrections: number;
  readonly wrongCorrectionsRemoved: number;
  /** Logs that are no poison, and the share of them that was removed all the same. */
  readonly good: number;
  readonly goodRemoved: number;
}

export interface TriageOfScenario {
  readonly scenario: string;
  readonly judge: string;
  /** In the stage with 25 % poison, and in all together. */
  readonly quarter: TriageShares;
  readonly all: TriageShares;
}

/** What an arm's deployments did to fresh clean text. */
export interface Deployments {
  readonly arm: ArmName;
  /** Scenarios that the arm took part in. */
  readonly scenarios: number;
  /** Models put in the place of another; all scenarios, seeds, judges and stages. */
  readonly deployments: number;
  /** Those with fewer right answers than the model before, and the largest loss, a fraction. */
  readonly lower: number;
  readonly worstDrop: number;
  /**
   * Those that are worse by the exact one-sided McNemar test at 5 %, one by one, and by Holm's procedure over the
   * arm's.
   */
  readonly worse: number;
  readonly worseByHolm: number;
}

/** What the refused candidates would have done, had one of them been taken at random. */
export interface Refused {
  readonly name: string;
  readonly judge: string;
  /** Runs of the loop; those that promoted, that trained no candidate, and that refused all they had trained. */
  readonly runs: number;
  readonly promoted: number;
  readonly withoutCandidate: number;
  readonly refused: number;
  /** Mean accuracy on fresh text of the refused candidates less that of the champion that stayed, fractions. */
  readonly clean: number;
  readonly noisy: number;
  /** Refusals whose candidates are better than the champion on average, on clean and noisy text together. */
  readonly better: number;
}

export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What is shown of the hard scenarios. */
export type HardSummary = Pick<Summary, 'overall' | 'promotions' | 'scenarios' | 'triageByScenario'>;

export interface Summary {
  readonly overall: readonly Overall[];
  readonly promotions: readonly Promotions[];
  readonly scenarios: readonly ScenarioSummary[];
  readonly triage: readonly TriageSummary[];
  readonly triageByScenario: readonly TriageOfScenario[];
  readonly deployments: readonly Deployments[];
  readonly refused: readonly Refused[];
  readonly targets: readonly Target[];
}
