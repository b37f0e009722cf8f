import { shortDigest } from '../../domain/ids.ts';
import type { Probe } from '../../domain/probe.ts';
import type { UsableRecord } from '../../domain/trace-record.ts';
import type { ProbeRequest } from '../../ports/analyst.ts';
import { lengthenStepwise } from './lengthen.ts';
import { noiseFunction } from './noise-functions.ts';
import { ProbeMaterial } from './probe-material.ts';
import { keywordBags, type WordContrast, withMemberWords, wordContrast } from './word-swap.ts';

/** A probe to be: its input, the record whose label it keeps, and how it was made. */
export interface Draft {
  readonly input: string;
  readonly record: UsableRecord;
  readonly method: string;
}

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

function draftsFor(request: ProbeRequest, material: ProbeMaterial): Iterable<Draft> {
  switch (request.cluster.cause) {
    case 'noise':
      return noiseDrafts(request, material);
    case 'length':
      return lengthDrafts(request, material);
    default:
      return labelDrafts(request, material);
  }
}

const neighbour = (record: UsableRecord): Draft => ({ input: record.input, record, method: 'neighbour' });

/**
 * Records like the members, those of the cluster's region first, right or wrong as the champion has them: of the expected
 * label, or of any but the wrong answer where labels are mixed. The material had no part in finding the cluster, so its
 * failure rate is that of the region. Where it runs short, its passing inputs are given the members' words; of mixed
 * labels, which claim that their keywords mislead, the keywords.
 */
function labelDrafts({ cluster, random, members, passes }: ProbeRequest, material: ProbeMaterial): Draft[] {
  const { expected, answered, keywords } = cluster;
  const mixed = expected === null;
  const near = material.byLikeness((record) => (mixed ? record.expected !== answered : record.expected === expected));
  const contrast: WordContrast = mixed
    ? keywordBags(members, keywords)
    : wordContrast(
        members,
        passes.filter((record) => record.expected === expected),
      );
  const swapped = near.flatMap((record): Draft[] => {
    const input = record.verdict === 'pass' ? withMemberWords(record.input, contrast, random) : null;
    return input === null ? [] : [{ input, record, method: 'word-swap' }];
  });
  return [...near.map(neighbour), ...swapped];
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
