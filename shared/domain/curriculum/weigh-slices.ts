import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import type { SliceBand } from '../models/dataset.ts';
import type { Example, Provenance, Slice } from '../models/example.ts';
import { type CurriculumPlan, lowMargin } from './curriculum-plan.ts';
import type { ExampleCandidate } from './example-candidate.ts';
import { exampleIdOf } from './example-id.ts';
import { labelFactors } from './label-ratio.ts';
import { weightByLabel } from './quality-controls.ts';
import { balanceShares, type ShareRequest } from './slice-shares.ts';

/** What becomes an example. */
export interface SliceMember {
  readonly input: string;
  readonly output: Output;
  readonly origin: ExampleCandidate['origin'] | 'parent';
  readonly provenance: Provenance;
  readonly margin: number;
  /** The folds whose models must not train it. */
  readonly folds: readonly number[];
}

export type SliceBands = Readonly<Record<Slice, { readonly lower: number; readonly upper: number }>>;

/** Bands of the slices' shares of total sample weight. */
export const sliceBands = {
  gold: { lower: 0.4, upper: 0.6 },
  'hard-negative': { lower: 0.25, upper: 0.35 },
  replay: { lower: 0.1, upper: 0.2 },
} as const satisfies Record<Slice, { lower: number; upper: number }>;

/** Without a parent there is no replay, and gold : hard negatives is about 65 : 35. */
export const rootSliceBands = {
  gold: { lower: 0.6, upper: 0.7 },
  'hard-negative': { lower: 0.3, upper: 0.4 },
  replay: { lower: 0, upper: 0 },
} as const satisfies Record<Slice, { lower: number; upper: number }>;

const slices = ['gold', 'hard-negative', 'replay'] as const satisfies readonly Slice[];

/** Labels and slices move each other's weights; by the third round little changes. */
const weightRounds = 3;

/**
 * Examples with weights that bring every slice's share into its band, as far as the limits of a weight allow, and what
 * came of it.
 */
export function weighSlices(
  members: Readonly<Record<Slice, readonly SliceMember[]>>,
  bands: SliceBands,
  plan: CurriculumPlan,
  kind: Pick<TaskKind, 'facets' | 'key'>,
): { examples: Example[]; shares: SliceBand[] } {
  const entries = slices.flatMap((slice) =>
    members[slice].map((item) => ({
      item,
      slice,
      wish: clamp(wish(item, plan), plan.weightLimits),
      weight: 1,
      scale: 1,
    })),
  );
  let requests: ShareRequest[] = [];
  for (let round = 0; round < weightRounds && entries.length > 0; round += 1) {
    const totals = weightByLabel(
      entries.map((entry) => ({ output: entry.item.output, weight: entry.wish * entry.scale })),
      kind,
    );
    const factors = labelFactors(totals, plan.labelLimits);
    for (const entry of entries) {
      entry.weight = clamp(entry.wish * factorOf(kind.facets(entry.item.output), factors), plan.weightLimits);
    }
    toMeanOne(entries);
    requests = slices.map((slice) =>
      shareRequest(
        entries.filter((entry) => entry.slice === slice).map((entry) => entry.weight),
        entries.length,
        bands[slice],
        plan,
      ),
    );
    const shares = balanceShares(requests);
    const scales = slices.map((_, at) => (shares[at] ?? 0) / (requests[at]?.natural || 1));
    for (const entry of entries) entry.scale = scales[slices.indexOf(entry.slice)] ?? 1;
  }
  const examples = entries
    .map(
      ({ item, slice, weight, scale }): Example => ({
        exampleId: exampleIdOf(item.input, item.output, item.provenance.kind, kind),
        input: item.input,
        output: item.output,
        weight: Math.max(1e-4, Math.round(weight * scale * 1e4) / 1e4),
        slice,
        provenance: item.provenance,
        folds: item.folds,
      }),
    )
    .sort((a, b) => compareText(a.exampleId, b.exampleId));
  return { examples, shares: measureBands(examples, bands, requests) };
}

/** The mean of the factors of an example's facets; 1 where it has none. */
function factorOf(facets: readonly string[], factors: ReadonlyMap<string, number>): number {
  if (facets.length === 0) return 1;
  return facets.reduce((sum, facet) => sum + (factors.get(facet) ?? 1), 0) / facets.length;
}

function shareRequest(
  weights: readonly number[],
  examples: number,
  band: { lower: number; upper: number },
  plan: CurriculumPlan,
): ShareRequest {
  return {
    natural: weights.reduce((sum, weight) => sum + weight, 0) / examples,
    ...band,
    scaleLower: Math.min(1, plan.weightLimits.lower / weights.reduce((least, weight) => Math.min(least, weight), 1)),
    scaleUpper: Math.max(1, plan.weightLimits.upper / weights.reduce((most, weight) => Math.max(most, weight), 1)),
  };
}

function toMeanOne(entries: readonly { weight: number }[]): void {
  const mean = entries.reduce((sum, entry) => sum + entry.weight, 0) / Math.max(1, entries.length);
  for (const entry of entries) entry.weight /= mean;
}

function clamp(value: number, limits: { readonly lower: number; readonly upper: number }): number {
  return Math.min(limits.upper, Math.max(limits.lower, value));
}

function wish(item: SliceMember, plan: CurriculumPlan): number {
  if (item.origin === 'failure' || item.origin === 'probe') return plan.failureWeight;
  return item.origin === 'pass' && item.margin < lowMargin ? plan.lowMarginWeight : 1;
}

/** Shares are compared with their bands up to rounding of the weights. */
const tolerance = 1e-4;

function measureBands(examples: readonly Example[], bands: SliceBands, requests: readonly ShareRequest[]): SliceBand[] {
  const total = examples.reduce((sum, example) => sum + example.weight, 0);
  return slices.map((slice): SliceBand => {
    const own = examples.filter((example) => example.slice === slice);
    const weight = own.reduce((sum, example) => sum + example.weight, 0);
    const share = total === 0 ? 0 : weight / total;
    const { lower, upper } = bands[slice];
    const met = share >= lower - tolerance && share <= upper + tolerance;
    const reason = met ? '' : share < lower ? tooLittle(slice, own.length) : tooMuch(slice, own.length, requests);
    return { slice, examples: own.length, weight, share, lower, upper, met, reason };
  });
}

const sliceWords = {
  gold: 'gold examples',
  'hard-negative': 'passing traces near a failure',
  replay: 'parent examples',
} as const;

function tooLittle(slice: Slice, count: number): string {
  return count === 0
    ? `there are no ${sliceWords[slice]}`
    : `${count} ${sliceWords[slice]} are too few to make up the share within the limits of an example’s weight`;
}

function tooMuch(slice: Slice, count: number, requests: readonly ShareRequest[]): string {
  const short = slices.filter((_, at) => {
    const request = requests[at];
    return request !== undefined && request.natural * request.scaleUpper < request.upper;
  });
  return short.length > 0
    ? `takes the room that too few ${short.map((other) => sliceWords[other]).join(' and ')} leave`
    : `${count} ${sliceWords[slice]} cannot be weighed down further within the limits of an example’s weight`;
}
