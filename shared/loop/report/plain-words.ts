import type { Weakness } from '../../domain/diagnosis/probe.ts';
import type { GateRule, GateVerdict, MemoryCount } from '../../domain/evaluation/gate.ts';
import type { Dataset } from '../../domain/models/dataset.ts';
import type { Slice } from '../../domain/models/example.ts';
import type { StopReason } from '../../domain/policy/stop-reason.ts';
import { visibleLine } from './visible-text.ts';

const figureNames: Readonly<Record<string, { title: string; meaning: string; note: string }>> = {
  traffic: {
    title: 'All traffic',
    meaning: 'The judged traces that candidates are weighed by, in their natural mix.',
    note: 'out of fold',
  },
  failures: {
    title: "Champion's failures",
    meaning: 'Of these, what the champion before gets wrong: the share that is fixed.',
    note: 'out of fold',
  },
  passes: {
    title: "Champion's passes",
    meaning: 'Of these, what the champion before gets right: the share that is kept.',
    note: 'out of fold',
  },
  report: {
    title: 'Kept for the report',
    meaning: 'The share of the traffic that is neither trained nor decided by, opened once a run.',
    note: 'opened once',
  },
};

/** The name of a figure for people. */
export function figureTitle(name: string): string {
  return figureNames[name]?.title ?? visibleLine(name, 60);
}

/** What a figure says, in a sentence; empty for an unknown one. */
export function figureMeaning(name: string): string {
  return figureNames[name]?.meaning ?? '';
}

/** How honest a figure is, in a few words; empty for an unknown one. */
export function figureNote(name: string): string {
  return figureNames[name]?.note ?? '';
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

const ruleTitles: Readonly<Record<Exclude<GateRule['rule'], 'labels'>, string>> = {
  gain: 'Gain',
  memory: 'Memory',
  evidence: 'Evidence',
  fit: 'Fit',
};

/** A rule of the gate by name; facets as the task calls them. */
export function ruleTitle({ rule }: Pick<GateRule, 'rule'>, { facet }: { readonly facet: string }): string {
  return rule === 'labels' ? `Every ${facet}` : ruleTitles[rule];
}

/** The gate's outcomes in words. */
export const outcomeTitles: Readonly<Record<GateVerdict['outcome'], string>> = {
  passed: 'Passed',
  rejected: 'Rejected',
  'too-little-evidence': 'Too little evidence',
};

/** Whose records the memory is counted on. */
export const memoryTitles: Readonly<Record<MemoryCount['scope'], string>> = {
  preceding: 'The preceding promotion',
  earlier: 'All earlier promotions together',
};

/** Why the search for a better candidate ended without one that passes. */
export const stopReasons: Readonly<Record<StopReason, string>> = {
  'target-reached': 'the target score was reached',
  plateau: 'two iterations in a row gained less than the smallest gain that counts',
  'external-remainder': 'the remaining failures have causes that training cannot mend',
  'moves-exhausted': 'no untried move was left',
  'iteration-limit': 'the iteration limit was reached',
  'budget-spent': 'the budget covers no further training',
  'too-little-evidence': 'evidence is too little to pass any candidate, and does not grow within a run',
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
