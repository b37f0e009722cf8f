import { facetsOrNone } from '../base/facet-strata.ts';
import { quoted } from '../base/quoted.ts';
import { quantile } from '../base/statistics.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText, normalisedText, words } from '../base/text.ts';
import { plural } from '../base/wording.ts';
import type { QualityControl } from '../models/dataset.ts';
import type { Example } from '../models/example.ts';
import { nearDuplicateGroups } from '../similarity/near-duplicates.ts';
import { labelRatio, maxLabelRatio } from './label-ratio.ts';

const patternsPerLabel = 3;
const mentionsOfOneText = 3;
const usualSize = { lower: 100, upper: 200 };
/** Largest difference of length, as a fraction of the failing traces' median, at which lengths match. */
const lengthTolerance = 0.25;

export interface QualityRequest {
  readonly examples: readonly Example[];
  /** Corrected failures that are gold, and hard negatives. */
  readonly hardGold: number;
  readonly hardNegatives: number;
  /** Inputs of the failing traces. */
  readonly failingInputs: readonly string[];
  /** The facets that the task knows. */
  readonly labels: readonly string[];
  readonly kind: Pick<TaskKind, 'facets' | 'marks' | 'words'>;
  readonly nearDuplicatesPerGroup: number;
}

/** Total sample weight by facet (of a classification: by label), of the facets that have examples. */
export function weightByLabel(
  examples: readonly Pick<Example, 'output' | 'weight'>[],
  kind: Pick<TaskKind, 'facets'>,
): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { output, weight } of examples) {
    for (const label of kind.facets(output)) weights.set(label, (weights.get(label) ?? 0) + weight);
  }
  return weights;
}

/** The quality controls of the paper (section 3.4), each with its measured value. */
export function qualityControls(request: QualityRequest): QualityControl[] {
  const { examples, kind } = request;
  const { facet, facets } = kind.words;
  const weights = weightByLabel(examples, kind);
  const ratio = labelRatio(weights);
  const groups = patternGroups(examples, kind);
  const patterns = new Map<string, number>();
  for (const { label } of groups) patterns.set(label, (patterns.get(label) ?? 0) + 1);
  const poor = [...patterns.values()].filter((count) => count < patternsPerLabel).length;
  const counts = [...patterns.values()].sort((a, b) => a - b);
  const [least = 0] = counts;
  const largest = groups.reduce((most, { size }) => Math.max(most, size), 0);
  const missing = request.labels.filter((label) => !weights.has(label)).length;
  const distance = lengthDistance(
    examples.filter((example) => example.slice !== 'replay').map((example) => example.input),
    request.failingInputs,
  );
  return [
    {
      name: 'hard-negative-each',
      wanted: 'one hard negative for each hard gold example',
      measured: `${plural(request.hardNegatives, 'hard negative')}, ${plural(request.hardGold, 'hard gold example')}`,
      met: request.hardNegatives >= request.hardGold,
    },
    {
      name: 'label-ratio',
      wanted: `no ${facet} weighs more than ${maxLabelRatio} × another`,
      measured: `${ratio.toFixed(2)} ×${missing === 0 ? '' : `, ${plural(missing, facet, facets)} without an example`}`,
      met: ratio <= maxLabelRatio && missing === 0,
    },
    {
      name: 'input-lengths',
      wanted: `deciles of length within ${lengthTolerance * 100} % of the failing traces' median`,
      measured: distance === null ? 'no failing trace to compare with' : `${(distance * 100).toFixed(0)} % on average`,
      met: distance === null || distance <= lengthTolerance,
    },
    {
      name: 'surface-patterns',
      wanted: `${patternsPerLabel} or more patterns for each ${facet}`,
      measured: `${least} at least, ${counts[counts.length >> 1] ?? 0} in the middle; ${plural(poor, facet, facets)} below`,
      met: poor === 0 && missing === 0,
    },
    {
      name: 'near-duplicates',
      wanted: `at most ${request.nearDuplicatesPerGroup} of one ${facet} in a group of near-duplicates`,
      measured: `${largest} at most`,
      met: largest <= request.nearDuplicatesPerGroup,
    },
    {
      name: 'size',
      wanted: `${usualSize.lower} to ${usualSize.upper} examples, more where there are more ${facets} or traces`,
      measured: plural(examples.length, 'example'),
      met: examples.length >= usualSize.lower,
    },
    ...mentionControl(examples, kind),
  ];
}

/** How often one and the same text stands for a facet; nothing for a task whose outputs name no texts. */
function mentionControl(
  examples: readonly Example[],
  kind: Pick<TaskKind, 'marks' | 'words'>,
): readonly QualityControl[] {
  if (kind.marks === undefined) return [];
  const counts = new Map<string, { text: string; count: number }>();
  for (const { input, output } of examples) {
    for (const { facet, start, end } of kind.marks(output)) {
      const text = input.slice(start, end);
      const key = `${normalisedText(text)}\n${facet}`;
      const entry = counts.get(key) ?? { text, count: 0 };
      counts.set(key, { ...entry, count: entry.count + 1 });
    }
  }
  const often = [...counts.values()]
    .filter(({ count }) => count > mentionsOfOneText)
    .sort((a, b) => b.count - a.count || compareText(a.text, b.text));
  const [most] = often;
  const commonest = most === undefined ? '' : `, most often ${quoted(most.text)}, ${plural(most.count, 'time')}`;
  return [
    {
      name: 'repeated-mentions',
      wanted: `each text of one ${kind.words.facet} at most ${mentionsOfOneText} times`,
      measured: `${often.length} of ${counts.size} texts stand more often${commonest}`,
      met: often.length === 0,
    },
  ];
}

/** Groups of near-duplicates with one facet: surface patterns, each with its number of examples. */
function patternGroups(
  examples: readonly Example[],
  kind: Pick<TaskKind, 'facets'>,
): { label: string; size: number }[] {
  const groups = nearDuplicateGroups(examples.map((example) => example.input));
  const found = new Map<string, { label: string; size: number }>();
  examples.forEach((example, at) => {
    for (const label of facetsOrNone(kind.facets(example.output))) {
      const key = `${groups[at] ?? 0} ${label}`;
      const entry = found.get(key);
      if (entry === undefined) found.set(key, { label, size: 1 });
      else entry.size += 1;
    }
  });
  return [...found.values()];
}

/** What is counted of a text, in UTF-16 code units: longer ones are as long as each other. */
const longestText = 20_000;

/**
 * Mean difference of the deciles of word counts, as a fraction of the second group's median; null when either is empty.
 */
export function lengthDistance(inputs: readonly string[], failing: readonly string[]): number | null {
  if (inputs.length === 0 || failing.length === 0) return null;
  const left = lengths(inputs);
  const right = lengths(failing);
  const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const sum = deciles.reduce((total, p) => total + Math.abs(quantile(left, p) - quantile(right, p)), 0);
  return sum / deciles.length / Math.max(1, quantile(right, 0.5));
}

function lengths(texts: readonly string[]): Float64Array {
  return Float64Array.from(texts, (text) => words(text.slice(0, longestText)).length).sort();
}
