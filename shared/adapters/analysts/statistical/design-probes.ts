import { facetsOrNone } from '../../../domain/base/facet-strata.ts';
import { shortDigest } from '../../../domain/base/ids.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import type { Probe } from '../../../domain/diagnosis/probe.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
import type { ProbeRequest } from '../../../ports/analyst.ts';
import type { Draft } from './draft.ts';
import { lengthenStepwise } from './lengthen.ts';
import { noiseFunction } from './noise-functions.ts';
import { ProbeMaterial } from './probe-material.ts';
import { keywordBags, type WordContrast, withMemberWords, wordContrast } from './word-swap.ts';

type ProbeKind = Pick<TaskKind, 'anchored' | 'facets' | 'key' | 'variants'>;

/**
 * Probes for a cluster by its cause, at most `count`, different inputs each. Inputs are changed only where that leaves
 * outputs true; where outputs are anchored, the task kind's own variants stand in.
 */
export function designProbes(request: ProbeRequest, kind: ProbeKind): Probe[] {
  const { cluster, count, members } = request;
  const material = new ProbeMaterial(request);
  const taken = new Set(members.map((member) => member.input));
  const probes: Probe[] = [];
  for (const { input, output, record, method } of draftsFor(request, material, kind)) {
    if (probes.length >= count) break;
    if (taken.has(input) || input.trim() === '') continue;
    taken.add(input);
    probes.push({
      probeId: `${cluster.clusterId}-${shortDigest(input, kind.key(output)).slice(0, 8)}`,
      clusterId: cluster.clusterId,
      input,
      expected: output,
      method,
      traceId: record.traceId,
    });
  }
  return probes;
}

/**
 * Records of the cluster's region, right or wrong as the champion has them: the material had no part in finding the
 * cluster, so its failure rate is that of the region. Where they run short, inputs that are made to have what the
 * members have, which are made only then.
 */
function* draftsFor(request: ProbeRequest, material: ProbeMaterial, kind: ProbeKind): Generator<Draft> {
  const { cluster } = request;
  const mixed = cluster.expected === null && cluster.answered === null;
  switch (cluster.cause) {
    case 'noise':
      yield* mixed ? noisyRecords(request, material) : likeRecords(request, material, kind);
      yield* kind.anchored ? variantDrafts(request, material, kind) : noiseDrafts(request, material, kind);
      return;
    case 'length':
      yield* mixed ? recordsOfLength(request, material, kind) : likeRecords(request, material, kind);
      if (!kind.anchored) yield* lengthDrafts(request, material, kind);
      return;
    default:
      yield* likeRecords(request, material, kind);
      yield* kind.anchored ? variantDrafts(request, material, kind) : wordSwaps(request, material, kind);
  }
}

const neighbour = (record: UsableRecord): Draft => ({
  input: record.input,
  output: record.expected,
  record,
  method: 'neighbour',
});

/**
 * Of the expected facet, or of any but the wrong answer's where facets are mixed: those most like the members first.
 */
function likeRecords({ cluster }: ProbeRequest, material: ProbeMaterial, kind: ProbeKind): Draft[] {
  return material.byLikeness((record) => mayBeOf(cluster, record, kind)).map(neighbour);
}

function mayBeOf({ expected, answered }: ProbeRequest['cluster'], record: UsableRecord, kind: ProbeKind): boolean {
  const facets = kind.facets(record.expected);
  if (expected !== null) return facets.includes(expected);
  return facets.length === 0 || facets.some((facet) => facet !== answered);
}

/** The facets of the members' right outputs. */
function facetsOfAll(members: readonly UsableRecord[], kind: ProbeKind): ReadonlySet<string> {
  return new Set(members.flatMap((member) => facetsOrNone(kind.facets(member.expected))));
}

function hasAny(facets: ReadonlySet<string>, record: UsableRecord, kind: ProbeKind): boolean {
  return facetsOrNone(kind.facets(record.expected)).some((facet) => facets.has(facet));
}

/** Passing inputs as the task kind varies them, with the output that is right then. */
function variantDrafts({ cluster }: ProbeRequest, material: ProbeMaterial, kind: ProbeKind): Draft[] {
  return material
    .sample((record) => record.verdict === 'pass' && mayBeOf(cluster, record, kind))
    .flatMap((record) =>
      kind
        .variants(record.input, record.expected, 1)
        .map(({ method, input, output }): Draft => ({ input, output, record, method: `noise-${method}` })),
    );
}

/** Records with noise of the members' kinds. */
function noisyRecords({ members }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const kinds = new Set(members.map((member) => member.triage.kind));
  return material
    .sample((record) => record.triage.category === 'fixable-noise' && kinds.has(record.triage.kind))
    .map(neighbour);
}

/** Records of the members' facets and lengths, a tenth of the members left aside at either end. */
function recordsOfLength({ members }: ProbeRequest, material: ProbeMaterial, kind: ProbeKind): Draft[] {
  const facets = facetsOfAll(members, kind);
  const lengths = members.map((member) => member.input.length).sort((a, b) => a - b);
  const aside = Math.floor(lengths.length / 10);
  const shortest = lengths[aside] ?? 0;
  const longest = lengths[lengths.length - 1 - aside] ?? 0;
  return material
    .sample(
      (record) => hasAny(facets, record, kind) && record.input.length >= shortest && record.input.length <= longest,
    )
    .map(neighbour);
}

/** Passing inputs given the members' words; of mixed facets, which claim that their keywords mislead, the keywords. */
function* wordSwaps(
  { cluster, random, members, passes }: ProbeRequest,
  material: ProbeMaterial,
  kind: ProbeKind,
): Generator<Draft> {
  const { expected } = cluster;
  const contrast: WordContrast =
    expected === null
      ? keywordBags(members, cluster.keywords)
      : wordContrast(
          members,
          passes.filter((record) => kind.facets(record.expected).includes(expected)),
        );
  for (const record of material.sample((one) => one.verdict === 'pass' && mayBeOf(cluster, one, kind))) {
    const input = withMemberWords(record.input, contrast, random);
    if (input !== null) yield { input, output: record.expected, record, method: 'word-swap' };
  }
}

/** Passing inputs without noise, given noise of the kinds that the members carry. */
function noiseDrafts({ members, random, count }: ProbeRequest, material: ProbeMaterial, kind: ProbeKind): Draft[] {
  const facets = facetsOfAll(members, kind);
  const kinds = random.shuffle(
    members.map((member) => (member.triage.category === 'fixable-noise' ? member.triage.kind : 'mixed')),
  );
  const clean = material.sample(
    (record) => record.verdict === 'pass' && record.triage.category === 'clean' && hasAny(facets, record, kind),
  );
  return clean.slice(0, 2 * count).map((record, at) => {
    const { name, apply } = noiseFunction(kinds[at % Math.max(1, kinds.length)] ?? 'mixed', at);
    return { input: apply(record.input, random), output: record.expected, record, method: `noise-${name}` };
  });
}

/** Passing inputs grown to the members' length with material of their output; cut to it where the members are short. */
function lengthDrafts({ members, count }: ProbeRequest, material: ProbeMaterial, kind: ProbeKind): Draft[] {
  const facets = facetsOfAll(members, kind);
  const passing = material.sample((record) => record.verdict === 'pass' && hasAny(facets, record, kind));
  return lengthenStepwise(
    passing,
    members.map((member) => member.input),
    count,
    kind,
  );
}
