import { shortDigest } from '../../../domain/base/ids.ts';
import type { Probe } from '../../../domain/diagnosis/probe.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
import type { ProbeRequest } from '../../../ports/analyst.ts';
import type { Draft } from './draft.ts';
import { lengthenStepwise } from './lengthen.ts';
import { noiseFunction } from './noise-functions.ts';
import { ProbeMaterial } from './probe-material.ts';
import { keywordBags, type WordContrast, withMemberWords, wordContrast } from './word-swap.ts';

/** Probes for a cluster by its cause, at most `count`, different inputs each. */
export function designProbes(request: ProbeRequest): Probe[] {
  const { cluster, count, members } = request;
  const material = new ProbeMaterial(request);
  const taken = new Set(members.map((member) => member.input));
  const probes: Probe[] = [];
  for (const { input, record, method } of draftsFor(request, material)) {
    if (probes.length >= count) break;
    if (taken.has(input) || input.trim() === '') continue;
    taken.add(input);
    probes.push({
      probeId: `${cluster.clusterId}-${shortDigest(input, record.expected).slice(0, 8)}`,
      clusterId: cluster.clusterId,
      input,
      expected: record.expected,
      method,
      traceId: record.traceId,
    });
  }
  return probes;
}

/**
 * Records of the cluster's region, right or wrong as the champion has them: the material had no part in finding the cluster,
 * so its failure rate is that of the region. Where they run short, inputs that are made to have what the members have.
 */
function draftsFor(request: ProbeRequest, material: ProbeMaterial): Draft[] {
  const { cluster } = request;
  const mixed = cluster.expected === null && cluster.answered === null;
  switch (cluster.cause) {
    case 'noise':
      return [...(mixed ? noisyRecords : likeRecords)(request, material), ...noiseDrafts(request, material)];
    case 'length':
      return [...(mixed ? recordsOfLength : likeRecords)(request, material), ...lengthDrafts(request, material)];
    default:
      return [...likeRecords(request, material), ...wordSwaps(request, material)];
  }
}

const neighbour = (record: UsableRecord): Draft => ({ input: record.input, record, method: 'neighbour' });

/** Of the expected label, or of any but the wrong answer where labels are mixed: those most like the members first. */
function likeRecords({ cluster }: ProbeRequest, material: ProbeMaterial): Draft[] {
  return material.byLikeness((record) => mayBeOf(cluster, record)).map(neighbour);
}

function mayBeOf({ expected, answered }: ProbeRequest['cluster'], record: UsableRecord): boolean {
  return expected === null ? record.expected !== answered : record.expected === expected;
}

/** Records with noise of the members' kinds. */
function noisyRecords({ members }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const kinds = new Set(members.map((member) => member.triage.kind));
  return material
    .sample((record) => record.triage.category === 'fixable-noise' && kinds.has(record.triage.kind))
    .map(neighbour);
}

/** Records of the members' labels and lengths, a tenth of the members left aside at either end. */
function recordsOfLength({ members }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const labels = new Set(members.map((member) => member.expected));
  const lengths = members.map((member) => member.input.length).sort((a, b) => a - b);
  const aside = Math.floor(lengths.length / 10);
  const shortest = lengths[aside] ?? 0;
  const longest = lengths[lengths.length - 1 - aside] ?? 0;
  return material
    .sample(({ expected, input }) => labels.has(expected) && input.length >= shortest && input.length <= longest)
    .map(neighbour);
}

/** Passing inputs given the members' words; of mixed labels, which claim that their keywords mislead, the keywords. */
function wordSwaps({ cluster, random, members, passes }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const contrast: WordContrast =
    cluster.expected === null
      ? keywordBags(members, cluster.keywords)
      : wordContrast(
          members,
          passes.filter((record) => record.expected === cluster.expected),
        );
  return material
    .sample((record) => record.verdict === 'pass' && mayBeOf(cluster, record))
    .flatMap((record): Draft[] => {
      const input = withMemberWords(record.input, contrast, random);
      return input === null ? [] : [{ input, record, method: 'word-swap' }];
    });
}

/** Passing inputs without noise, given noise of the kinds that the members carry. */
function noiseDrafts({ members, random, count }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const labels = new Set(members.map((member) => member.expected));
  const kinds = random.shuffle(
    members.map((member) => (member.triage.category === 'fixable-noise' ? member.triage.kind : 'mixed')),
  );
  const clean = material.sample(
    (record) => record.verdict === 'pass' && record.triage.category === 'clean' && labels.has(record.expected),
  );
  return clean.slice(0, 2 * count).map((record, at) => {
    const { name, apply } = noiseFunction(kinds[at % Math.max(1, kinds.length)] ?? 'mixed', at);
    return { input: apply(record.input, random), record, method: `noise-${name}` };
  });
}

/** Passing inputs grown to the members' length with material of their label; cut to it where the members are short. */
function lengthDrafts({ members, count }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const labels = new Set(members.map((member) => member.expected));
  const passing = material.sample((record) => record.verdict === 'pass' && labels.has(record.expected));
  return lengthenStepwise(
    passing,
    members.map((member) => member.input),
    count,
  );
}
