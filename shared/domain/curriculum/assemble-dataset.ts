import { RatchetError } from '../base/errors.ts';
import { facetsOrNone, stratumOf } from '../base/facet-strata.ts';
import { canonicalJson } from '../base/ids.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { TaskSpec } from '../base/task-spec.ts';
import { compareText } from '../base/text.ts';
import { plural } from '../base/wording.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { foldCount, type Place } from '../evaluation/fold.ts';
import { foldsNear, leaks } from '../evaluation/ledger.ts';
import type { Manifest } from '../models/dataset.ts';
import type { Example, Provenance } from '../models/example.ts';
import { nearDuplicateGroups } from '../similarity/near-duplicates.ts';
import type { JudgeKind } from '../traces/judgement.ts';
import { collapseDuplicates } from './collapse-duplicates.ts';
import type { CurriculumPlan } from './curriculum-plan.ts';
import type { ExampleCandidate } from './example-candidate.ts';
import { datasetIdOf } from './example-id.ts';
import { qualityControls } from './quality-controls.ts';
import { rootSliceBands, type SliceBands, type SliceMember, sliceBands, weighSlices } from './weigh-slices.ts';
import { writtenIn } from './written-in.ts';

/** An input and where it stands. */
export interface PlacedInput extends Pick<Place, 'folds' | 'use'> {
  readonly traceId: string;
  readonly input: string;
}

export interface AssemblyRequest {
  /** `complement`: the curriculum, a floor a label and a part of the parent's dataset; `extend`: all of it. */
  readonly mode: 'complement' | 'extend';
  readonly gold: readonly ExampleCandidate[];
  readonly hardNegatives: readonly ExampleCandidate[];
  /** Judged-right traces, as `selectBoundary` gives them. */
  readonly boundary: readonly ExampleCandidate[];
  /** The parent's dataset; null when there is none. */
  readonly parent: { readonly datasetId: string; readonly examples: readonly Example[] } | null;
  readonly task: TaskSpec;
  /** The task's kind. */
  readonly kind: Pick<TaskKind, 'facets' | 'key' | 'knownFacets' | 'marks' | 'problem' | 'words'>;
  /** Failures by root cause: decides whether shares lean to gold or to hard negatives. */
  readonly causes: ReadonlyMap<RootCause, number>;
  /** Everything in its place: what trains, what is evidence, what was frozen. */
  readonly placed: readonly PlacedInput[];
  /** Judged-right traces that the selection left out already. */
  readonly boundaryLeftOut: number;
  readonly plan: CurriculumPlan;
}

export interface Assembly {
  readonly datasetId: string;
  readonly examples: readonly Example[];
  readonly manifest: Manifest;
}

/** Aimed share of replay in `complement`, where the parent's dataset is large enough to choose from. */
const replayAim = 0.18;

interface Item extends SliceMember {
  readonly judge: JudgeKind | null;
  readonly timestamp: string | null;
  readonly preference: number;
  readonly key: string;
  /** Rank among the hard negatives; null for what is none. */
  readonly hardRank: number | null;
}

/**
 * Makes a training set of the candidates.
 *
 * Every corrected failure and every judged-right trace that is given is used, at a weight near 1. The passing traces
 * make the slices' shares come out: those nearest to a failure are hard negatives until that slice has its share, the
 * others are gold. What membership cannot bring into its band, weights do, within the plan's limits; a band not met is
 * named with its reason. The result does not depend on the order of anything given.
 *
 * Every example carries the folds that it must not train: its trace's, and of what was made of a trace also those of
 * every input that it came out near to.
 *
 * @throws RatchetError `LeakDetected` when a trace given is a near-duplicate of a piece of evidence whose fold it lacks;
 * parent examples, probes and syntheses that are one are dropped and counted.
 */
export function assembleDataset(request: AssemblyRequest): Assembly {
  const { plan, kind, task } = request;
  const leftOut = new Map<string, number>();
  const count = (reason: string, by: number): void => {
    if (by > 0) leftOut.set(reason, (leftOut.get(reason) ?? 0) + by);
  };
  count('judged-right traces beyond the plan’s limit', request.boundaryLeftOut);

  const all = itemsOf(request);
  const valid = all.filter(({ input, output }) => input.trim() !== '' && kind.problem(task, input, output) === null);
  count('empty input or output that the task does not know', all.length - valid.length);
  const safe = withoutLeaks(valid, request.placed);
  count('too close to evidence that it may train', valid.length - safe.length);
  const collapsed = collapseDuplicates(safe, kind);
  count('duplicate input', collapsed.duplicates);
  count('conflicting outputs for one input', collapsed.conflicting);
  const material = capNearDuplicates(collapsed.kept, plan.nearDuplicatesPerGroup, kind);
  count('near-duplicate beyond the limit of its group', collapsed.kept.length - material.length);

  const fresh = material.filter((item) => item.origin !== 'parent');
  const parent = material.filter((item) => item.origin === 'parent');
  const replay = request.mode === 'extend' ? parent : replayOf(parent, fresh, request);
  count('parent example not replayed', parent.length - replay.length);
  const bands = bandsOf(request);
  const members = { replay, ...divide(fresh, replay.length, hardShareAim(request, bands), bands) };

  const { examples, shares } = weighSlices(members, bands, plan, kind);
  const failing = members.gold.filter((item) => item.origin === 'failure');
  const writers = writtenIn(examples);
  return {
    datasetId: datasetIdOf(examples),
    examples,
    manifest: {
      examples: examples.length,
      labels: new Set(examples.flatMap((example) => kind.facets(example.output))).size,
      bands: shares,
      controls: qualityControls({
        examples,
        hardGold: failing.length,
        hardNegatives: members['hard-negative'].length,
        failingInputs: failing.map((item) => item.input),
        labels: kind.knownFacets(task),
        kind,
        nearDuplicatesPerGroup: plan.nearDuplicatesPerGroup,
      }),
      leftOut: Object.fromEntries([...leftOut].sort(([a], [b]) => compareText(a, b))),
      notes: notesOf(examples, plan, request),
      ...(writers.length > 0 && { written: writers }),
    },
  };
}

/** Without hard negatives their band is gold's. */
function bandsOf({ parent, plan }: AssemblyRequest): SliceBands {
  const bands = parent === null ? rootSliceBands : sliceBands;
  if (plan.hardNegativesPerFailure > 0) return bands;
  const { gold, 'hard-negative': hard } = bands;
  return {
    ...bands,
    gold: { lower: gold.lower + hard.lower, upper: Math.min(1, gold.upper + hard.upper) },
    'hard-negative': { lower: 0, upper: 0 },
  };
}

function itemsOf({ gold, hardNegatives, boundary, parent, placed }: AssemblyRequest): Item[] {
  const hardRanks = new Map<string, number>();
  for (const candidate of hardNegatives) {
    const key = keyOf(candidate);
    hardRanks.set(key, Math.min(hardRanks.get(key) ?? Number.POSITIVE_INFINITY, candidate.rank));
  }
  const preferences = { failure: 0, pass: 2, probe: 3, synthesis: 5 } as const;
  const candidates = [...hardNegatives, ...gold, ...boundary].sort(
    (a, b) => a.rank - b.rank || compareText(canonicalJson(a.provenance), canonicalJson(b.provenance)),
  );
  const foldsOf = foldsOfCandidates(candidates, [...placed, ...(parent?.examples ?? [])], placed);
  const items = new Map<string, Item>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const hardRank = hardRanks.get(key) ?? null;
    // Claimed both as a hard negative and as a boundary trace: the claim that names its cluster says more.
    const before = items.get(key);
    if (before !== undefined && (clusterOf(before.provenance) !== null || clusterOf(candidate.provenance) === null)) {
      continue;
    }
    items.set(key, {
      ...candidate,
      folds: foldsOf(candidate),
      key,
      hardRank,
      preference: preferences[candidate.origin] - (hardRank === null ? 0 : 1),
    });
  }
  const inherited =
    parent === null
      ? []
      : parent.examples.map(
          ({ exampleId, input, output, folds, provenance }): Item => ({
            input,
            output,
            folds,
            // Whoever gave a first example vouches for it; only a person's judgement of a trace weighs as much.
            judge: provenance.kind === 'file' ? 'human' : null,
            timestamp: null,
            preference: 4,
            key: `parent ${exampleId}`,
            origin: 'parent',
            provenance:
              provenance.kind === 'file' ? provenance : { kind: 'parent', datasetId: parent.datasetId, exampleId },
            margin: 1,
            hardRank: null,
          }),
        );
  return [...items.values(), ...inherited];
}

function keyOf({ provenance, input }: ExampleCandidate): string {
  return `${provenance.kind} ${'traceId' in provenance ? provenance.traceId : ''} ${input}`;
}

function clusterOf(provenance: Provenance): string | null {
  return 'clusterId' in provenance ? provenance.clusterId : null;
}

/**
 * The folds of a trace are those of its place; what was made of a trace has those of all that it is near to, too.
 * @param known everything that has folds, what the parent learnt of traces beyond the snapshot included
 */
function foldsOfCandidates(
  candidates: readonly ExampleCandidate[],
  known: readonly Pick<PlacedInput, 'input' | 'folds'>[],
  placed: readonly PlacedInput[],
): (candidate: ExampleCandidate) => readonly number[] {
  const ofTrace = new Map(placed.map(({ traceId, folds }) => [traceId, folds]));
  const made = [...new Set(candidates.filter(({ origin }) => isMade(origin)).map(({ input }) => input))];
  const near = foldsNear(made, known);
  const ofMade = new Map(made.map((input, at) => [input, near[at] ?? []]));
  return ({ provenance, origin, input }) => {
    const own = 'traceId' in provenance ? (ofTrace.get(provenance.traceId) ?? []) : [];
    if (!isMade(origin)) return own;
    return [...new Set([...own, ...(ofMade.get(input) ?? [])])].sort((a, b) => a - b);
  };
}

function isMade(origin: ExampleCandidate['origin']): boolean {
  return origin === 'probe' || origin === 'synthesis';
}

function withoutLeaks(items: readonly Item[], placed: readonly PlacedInput[]): Item[] {
  const evidence = placed.flatMap(({ input, folds, use }) => {
    if (use === 'none') return [];
    return folds.map((fold) => ({ input, fold }));
  });
  const found = leaks(items, evidence);
  for (const leak of found) {
    const item = items[leak.example];
    if (item?.provenance.kind === 'trace') {
      throw new RatchetError(
        'LeakDetected',
        `trace ${JSON.stringify(item.provenance.traceId)} was to train a model that judges an input which is ` +
          `${(100 * leak.similarity).toFixed(0)} % the same`,
      );
    }
  }
  const leaking = new Set(found.map((leak) => leak.example));
  // What no fold's model may train is near what must never train.
  return items.filter(({ folds }, at) => !leaking.has(at) && folds.length < foldCount);
}

function capNearDuplicates(items: readonly Item[], most: number, kind: Pick<TaskKind, 'facets'>): Item[] {
  const groups = nearDuplicateGroups(items.map((item) => item.input));
  const order = items
    .map((item, at) => ({ item, at, group: `${groups[at]} ${stratumOf(kind.facets(item.output))}` }))
    .sort(
      ({ item: a }, { item: b }) => a.preference - b.preference || a.margin - b.margin || compareText(a.key, b.key),
    );
  const taken = new Map<string, number>();
  const kept = new Set<number>();
  for (const { at, group } of order) {
    const before = taken.get(group) ?? 0;
    taken.set(group, before + 1);
    if (before < most) kept.add(at);
  }
  return items.filter((_, at) => kept.has(at));
}

/** Parent examples, facet by facet in turn so that each is recalled: the aimed share, and the floor of every facet. */
function replayOf(parent: readonly Item[], fresh: readonly Item[], request: AssemblyRequest): Item[] {
  const wanted = Math.round((replayAim / (1 - replayAim) / request.plan.replayWeight) * fresh.length);
  const facetsOf = ({ output }: Item): readonly string[] => facetsOrNone(request.kind.facets(output));
  const freshCounts = new Map<string, number>();
  for (const facet of fresh.flatMap(facetsOf)) freshCounts.set(facet, (freshCounts.get(facet) ?? 0) + 1);
  const turns = new Map<string, number>();
  const queue = parent.map((item) => {
    const places = facetsOf(item).map((facet) => {
      const turn = turns.get(facet) ?? 0;
      turns.set(facet, turn + 1);
      return { turn, floor: (freshCounts.get(facet) ?? 0) + turn < request.plan.floorPerLabel };
    });
    return { item, turn: Math.min(...places.map(({ turn }) => turn)), floor: places.some(({ floor }) => floor) };
  });
  queue.sort((a, b) => Number(b.floor) - Number(a.floor) || a.turn - b.turn || compareText(a.item.key, b.item.key));
  return queue.filter(({ floor }, at) => floor || at < wanted).map(({ item }) => item);
}

const missedCauses: ReadonlySet<string> = new Set(['missed-label', 'missed-entity', 'length', 'noise']);

/**
 * Missed labels lean to gold, false alarms and confusions to hard negatives: a place in the band by their parts of the
 * failures.
 */
function hardShareAim(request: AssemblyRequest, bands: SliceBands): number {
  const { lower, upper } = bands['hard-negative'];
  if (request.plan.hardNegativeShare !== null) return Math.min(upper, Math.max(lower, request.plan.hardNegativeShare));
  let missed = 0;
  let total = 0;
  for (const [cause, failures] of request.causes) {
    total += failures;
    if (missedCauses.has(cause)) missed += failures;
  }
  const lean = total === 0 ? 0.5 : missed / total;
  const inset = (upper - lower) * 0.2;
  return upper - inset - lean * (upper - lower - 2 * inset);
}

/** Passing traces nearest to a failure become hard negatives until the slice has its share; all others are gold. */
function divide(
  fresh: readonly Item[],
  replay: number,
  hardShare: number,
  bands: SliceBands,
): { gold: Item[]; 'hard-negative': Item[] } {
  const movable = fresh
    .filter((item) => item.hardRank !== null && item.origin !== 'failure')
    .sort((a, b) => (a.hardRank ?? 0) - (b.hardRank ?? 0) || compareText(a.key, b.key));
  // Replay that is small or large is weighed into its band; the hard negatives' share counts on that.
  const replayShare = Math.min(
    bands.replay.upper,
    Math.max(bands.replay.lower, replay / Math.max(1, replay + fresh.length)),
  );
  const aimed = Math.round((hardShare / (1 - replayShare)) * fresh.length);
  const failures = fresh.filter((item) => item.origin === 'failure').length;
  const hard = new Set(movable.slice(0, Math.max(aimed, failures)));
  return { gold: fresh.filter((item) => !hard.has(item)), 'hard-negative': fresh.filter((item) => hard.has(item)) };
}

function notesOf(examples: readonly Example[], plan: CurriculumPlan, request: AssemblyRequest): string[] {
  const weights = examples.map((example) => example.weight);
  const range = weights.length === 0 ? 'no examples' : `weights from ${least(weights)} to ${most(weights)}`;
  const synthesised = examples.filter(({ provenance: of }) => of.kind === 'synthesis' && of.by === undefined).length;
  const written = writtenIn(examples).reduce((sum, { examples: count }) => sum + count, 0);
  return [
    `plan ${plan.name}, ${request.mode}, ${range}`,
    ...(synthesised === 0 ? [] : [`${plural(synthesised, 'variant')} of other examples, with the output kept true`]),
    ...(written === 0
      ? []
      : [`${plural(written, 'example')} written by agents, each after a trace and with its answer`]),
  ];
}

function least(values: readonly number[]): number {
  return values.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}
