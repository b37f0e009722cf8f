import type { Weakness } from '../../domain/diagnosis/probe.ts';
import type { GateRule, GateVerdict, RegressionCount } from '../../domain/evaluation/gate.ts';
import type { PromotionReason } from '../../domain/evaluation/promotion-reason.ts';
import type { Dataset } from '../../domain/models/dataset.ts';
import type { Slice } from '../../domain/models/example.ts';
import { visibleLine } from './visible-text.ts';

const setNames: Readonly<Record<string, { title: string; meaning: string }>> = {
  'traffic-validation': {
    title: 'Traffic, validation',
    meaning: 'Natural mix of passes and failures; the score and the paired test use it.',
  },
  'failure-validation': { title: 'Failures, validation', meaning: 'The failing part of it: what share is fixed.' },
  regression: { title: 'Regression set', meaning: 'Held-out passes, stratified by label: what must not be lost.' },
  'traffic-test': { title: 'All traffic', meaning: 'Held-out traffic in its natural mix, opened once.' },
  'failure-test': {
    title: "Champion's failures",
    meaning: 'Held-out traffic that the champion before got wrong: the share fixed.',
  },
  'regression-test': {
    title: "Champion's passes",
    meaning: 'Held-out traffic that the champion before got right: the share kept.',
  },
};

/** The name of an evaluation set for people. */
export function setTitle(name: string): string {
  return setNames[name]?.title ?? visibleLine(name, 60);
}

/** What an evaluation set is for, in a sentence; empty for an unknown one. */
export function setMeaning(name: string): string {
  return setNames[name]?.meaning ?? '';
}

/** The title of a slice of the curriculum. */
export const sliceTitles: Readonly<Record<Slice, string>> = {
  gold: 'Gold',
  'hard-negative': 'Hard negatives',
  replay: 'Replay',
};

/** What a dataset mode means. */
export const modeMeanings: Readonly<Record<Dataset['mode'], string>> = {
  initial: 'the examples that the model was created with',
  complement: 'the curriculum alone',
  extend: 'the whole parent dataset as replay, and the curriculum on top',
};

/** The gate's rules by name. */
export const ruleTitles: Readonly<Record<GateRule['rule'], string>> = {
  score: 'Score',
  'paired-bound': 'Paired test',
  regressions: 'Regressions',
  evidence: 'Evidence',
};

/** The gate's outcomes in words. */
export const outcomeTitles: Readonly<Record<GateVerdict['outcome'], string>> = {
  passed: 'Passed',
  rejected: 'Rejected',
  'too-little-evidence': 'Too little evidence',
};

/** Which sets regressions were counted on. */
export const scopeTitles: Readonly<Record<RegressionCount['scope'], string>> = {
  current: 'Current regression set',
  preceding: 'Sets of the preceding checkpoint',
  earlier: 'Union of all earlier sets',
};

/** Why a candidate below τ could pass all the same. */
export const promotionReasons: Readonly<Record<PromotionReason, string>> = {
  plateau: 'two iterations in a row gained less than the smallest gain that counts',
  'external-remainder': 'the remaining failures are external: training cannot mend them',
  'moves-exhausted': 'no untried move was left',
  'iteration-limit': 'the iteration limit was reached',
};

/** The verdict on a suspected weakness. */
export const weaknessTitles: Readonly<Record<Weakness['verdict'], string>> = {
  confirmed: 'Confirmed by probes',
  refuted: 'Refuted by probes',
  'not-enough-evidence': 'Not enough probes to tell',
};

/** Turns `label-confusion` into `Label confusion`. */
export function humanise(word: string): string {
  return capitalise(visibleLine(word, 80).replaceAll('-', ' '));
}

/** The text with its first letter in upper case. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
