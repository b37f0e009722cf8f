/** Signs that an input is nothing to train on or to judge by. */
export const poisonDetectors = [
  'unreadable',
  'empty',
  'prompt-injection',
  'jailbreak',
  'other-endpoint',
  'gibberish',
  'meta-question',
  'missing-modality',
  'assumed-context',
  'off-domain',
] as const;

/** Noise in an input that leaves its right output what it is. */
export const noiseDetectors = [
  'encoding',
  'html',
  'duplication',
  'ocr',
  'code-switching',
  'casing',
  'punctuation',
  'format-request',
  'preamble',
  'benchmark-metadata',
  'typos',
  'phonetic-misspelling',
  'slang',
  'truncation',
  'very-long',
  'repetition',
] as const;

/** Noise that shows in the text itself: of what a person judged nothing else is called noise. */
export const plainNoise: ReadonlySet<string> = new Set<(typeof noiseDetectors)[number]>([
  'encoding',
  'html',
  'duplication',
  'casing',
  'punctuation',
  'benchmark-metadata',
]);

/** Signs that a judgement is wrong. They need the probability of every output that the task knows. */
export const suspectDetectors = ['flipped-label', 'systematic-relabel'] as const;

/**
 * Signs that judgements rest on one judge alone and go against the first examples: it turns a label, or a word decides.
 * They need the probability of every output too.
 */
export const loneJudgeDetectors = ['turned-label', 'planted-word'] as const;

/**
 * Signs that a judgement is wrong about a place of the input. They need outputs that name places (`marks`) and the
 * probability of those that may stand there.
 */
export const suspectSpanDetectors = ['wrong-span', 'systematic-span'] as const;

/** What people who judged a trace say of each other; no task kind is without it, and no model is asked. */
export const disagreementDetectors = ['people-disagree'] as const;

/** Whether wrong judgements are looked for by what models say; that people disagree is seen without. */
export function looksForSuspects({ triage }: { readonly triage: readonly DetectorName[] }): boolean {
  return [...suspectDetectors, ...suspectSpanDetectors].some((name) => triage.includes(name));
}

/** What is left out of figures on the evidence, of such a task. */
export function leftOutOfFigures(kind: { readonly triage: readonly DetectorName[] }): string {
  return looksForSuspects(kind) ? 'suspect judgements' : 'traces on which people disagree';
}

/**
 * What triage can see in a trace, by the kind it then names; JSON in an input is poison for one task and plain traffic
 * for another.
 */
export type DetectorName =
  | (typeof poisonDetectors)[number]
  | (typeof noiseDetectors)[number]
  | (typeof suspectDetectors)[number]
  | (typeof loneJudgeDetectors)[number]
  | (typeof suspectSpanDetectors)[number]
  | (typeof disagreementDetectors)[number];
