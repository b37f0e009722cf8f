import { momentsOf } from '../../../domain/base/moments.ts';
import type { TaskKind, TaskWords } from '../../../domain/base/task-kind.ts';
import { plural } from '../../../domain/base/wording.ts';
import { fixability, type RootCause } from '../../../domain/diagnosis/root-cause.ts';
import { surfaceProfile } from '../../../domain/diagnosis/surface-profile.ts';
import type { Cluster, SurfaceProfile } from '../../../domain/diagnosis/taxonomy.ts';
import { isFunctionWord } from '../../../domain/similarity/function-words.ts';
import type { Keyword } from '../../../domain/similarity/keywords.ts';
import type { SimilarityIndex } from '../../../domain/similarity/similarity-index.ts';
import { cosine } from '../../../domain/similarity/text-vectors.ts';
import { clusterKeywords } from './cluster-keywords.ts';
import type { Fault } from './fault.ts';
import { featureSentence } from './feature-sentence.ts';
import { type Diagnosis, diagnose } from './find-root-cause.ts';
import { type Group, groupBy, quoted, roughly } from './group.ts';
import type { Evidence } from './merge-analyses.ts';

/** What describing a cluster needs to know of all failures. */
export interface Overview {
  readonly evidence: Evidence;
  readonly failedByFacet: ReadonlyMap<string, number>;
  readonly answeredWrongly: ReadonlyMap<string, number>;
  /** By {@link pairKey} of the one facet missed and the one answered instead. */
  readonly byPair: ReadonlyMap<string, readonly Fault[]>;
}

/** Vectors of failing inputs: those of all clusters, or a sample of very large ones. */
export interface TextSpace {
  readonly index: SimilarityIndex;
  /** Where in the index a failure's input is. */
  readonly position: ReadonlyMap<Fault, number>;
}

export function pairKey(expected: string | null, answered: string | null): string {
  return JSON.stringify([expected, answered]);
}

const exampleLimit = 5;
/** Effect times the square root of the members' number, about a z-score. */
const noteworthy = 3;

/**
 * A cluster but for its id: cause, title, keywords, profile, evidence in sentences.
 * @param kind the causes that it knows are the only ones given
 */
export function describeCluster(
  group: Group,
  overview: Overview,
  texts: TextSpace,
  kind: Pick<TaskKind, 'causes' | 'marks' | 'words'>,
): Omit<Cluster, 'clusterId'> {
  const { causes, words } = kind;
  const { evidence } = overview;
  const { members } = group;
  const profile = surfaceProfile(members, (facet) => evidence.passes.get(facet)?.features);
  const keywords = clusterKeywords(group, evidence);
  const diagnosis = diagnose(group, profile, keywords, evidence, causes);
  return {
    title: titleOf(group, diagnosis, keywords, words),
    size: members.length,
    cause: diagnosis.cause,
    fixability: fixability(diagnosis.cause),
    expected: group.expected,
    answered: group.answered,
    pattern: group.pattern,
    keywords: keywords.map(({ word }) => word),
    profile,
    evidence: [
      ...group.grounds,
      ...diagnosis.reasons,
      ...labelEvidence(group, overview, words),
      ...stepEvidence(group),
      ...mentionEvidence(group, kind),
      ...textEvidence(group, diagnosis, keywords, profile, evidence),
    ],
    traceIds: members.map((failure) => failure.traceId),
    exampleIds: nearestTheCentre(members, texts),
  };
}

function titleOf(
  { kind, expected, answered, members }: Group,
  { cause, trap }: Diagnosis,
  keywords: readonly Keyword[],
  words: TaskWords,
): string {
  const failures = plural(members.length, 'failure');
  const top = keywords
    .filter(({ word }) => !isFunctionWord(word))
    .slice(0, 3)
    .map(({ word }) => word);
  const around = top.length === 0 ? '' : ` around "${top.join(', ')}"`;
  const labels =
    kind === 'pair'
      ? (members[0]?.pattern.title ?? null)
      : expected !== null
        ? missedTitle(quoted(expected), cause, words)
        : answered !== null
          ? `${quoted(answered)} ${cause === 'spurious-entity' ? 'where there is none' : 'answered too readily'}`
          : null;
  switch (cause) {
    case 'schema':
      return answered === null
        ? `${quoted(expected)} is expected but not one of the ${words.facets}: ${failures}`
        : `${quoted(expected)} and ${quoted(answered)} look like one ${words.facet} in two spellings: ${failures}`;
    case 'out-of-scope':
      return `Inputs outside the task (${quoted(expected)}): ${failures}${around}`;
    case 'ambiguous':
      return `${quoted(expected)} and ${quoted(answered)} cannot be told apart by the text: ${failures}${around}`;
    case 'surface-trap':
      return trap === null
        ? `${labels ?? 'Misled'} because of its form: ${failures}${around}`
        : `${labels ?? 'Misled'} because of the word "${trap}": ${failures}`;
    case 'length':
      return `${labels === null ? 'Inputs of unusual length' : `${labels}, on inputs of unusual length`}: ${failures}${around}`;
    case 'tool':
      return `${labels === null ? 'Tools failed' : `${labels}, after a tool failed`}: ${failures}`;
    case 'noise':
      return `${labels === null ? 'Noisy inputs' : `${labels}, on noisy inputs`}: ${failures}`;
    default:
      return `${labels ?? 'Mixed'}: ${failures}${around}`;
  }
}

function missedTitle(expected: string, cause: RootCause, { facet }: TaskWords): string {
  switch (cause) {
    case 'wrong-type':
      return `${expected} answered as another ${facet}`;
    case 'wrong-boundary':
      return `${expected} with the wrong boundary`;
    default:
      return `${expected} missed`;
  }
}

/** What went wrong first on the way to these answers, by cause, with one of each told. */
function stepEvidence({ members }: Group): string[] {
  const found = members.flatMap(({ traceId, mistake }) => (mistake === null ? [] : [{ traceId, mistake }]));
  return [...groupBy(found, ({ mistake }) => mistake.cause).values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((all) => {
      const [first] = all;
      if (first === undefined) return [];
      const { traceId, mistake } = first;
      const who = mistake.who === null ? '' : `, ${mistake.who}`;
      const where = `trace ${traceId}, step ${mistake.step + 1}${who}`;
      return [
        `First mistake on the way of ${plural(all.length, 'trace')}: ${mistake.cause}. For example ${where}: ${mistake.why}`,
      ];
    });
}

/** What stands where the facet was missed, or where it was answered and is not; only what does so more than once. */
function mentionEvidence({ expected, answered, members }: Group, kind: Pick<TaskKind, 'marks'>): string[] {
  const facet = expected ?? answered;
  if (kind.marks === undefined || facet === null) return [];
  const texts = members.flatMap(({ input, expected: right, answer }) => {
    const output = expected === null ? answer : right;
    if (output === null) return [];
    return (
      kind.marks?.(output).flatMap((mark) => (mark.facet === facet ? [input.slice(mark.start, mark.end)] : [])) ?? []
    );
  });
  const common = [...groupBy(texts, (text) => text.toLowerCase())]
    .map(([text, all]) => ({ text, count: all.length }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, 3);
  if (common.length === 0) return [];
  const named = common.map(({ text, count }) => `${quoted(text)} (${count})`).join(', ');
  return [
    `${quoted(facet)} ${expected === null ? 'was answered' : 'should have been answered'} most often on ${named}.`,
  ];
}

function labelEvidence(
  group: Group,
  { evidence, failedByFacet, answeredWrongly, byPair }: Overview,
  words: TaskWords,
): string[] {
  const { expected, answered, members, kind } = group;
  const sentences: string[] = [];
  if (expected !== null) {
    const failed = failedByFacet.get(expected) ?? members.length;
    const all = failed + (evidence.passes.get(expected)?.count ?? 0);
    const total = evidence.failures.length + evidence.passed;
    sentences.push(
      `${quoted(expected)} fails ${failed} of ${all} times (${roughly(failed / all)}); all ${words.facets} together fail ${roughly(evidence.failures.length / total)}.`,
    );
    if (answered !== null && answered !== expected && kind === 'pair') {
      const pair = byPair.get(pairKey(expected, answered))?.length ?? members.length;
      sentences.push(`${pair} of those ${failed} were answered ${quoted(answered)}.`);
      const reverse = byPair.get(pairKey(answered, expected))?.length ?? 0;
      sentences.push(
        reverse === 0
          ? `The reverse does not occur: no ${quoted(answered)} was answered ${quoted(expected)}.`
          : `The reverse, ${quoted(answered)} answered as ${quoted(expected)}, occurs ${plural(reverse, 'time')}.`,
      );
    }
  } else if (answered !== null) {
    const wrong = answeredWrongly.get(answered) ?? members.length;
    const right = evidence.passes.get(answered)?.count ?? 0;
    sentences.push(
      `The answer ${quoted(answered)} was wrong ${wrong} of ${wrong + right} times (${roughly(wrong / (wrong + right))}).`,
    );
  }
  if (kind !== 'pair') {
    if (expected === null) sentences.push(spread('Right would have been', members, (failure) => failure.missed, words));
    if (answered === null) sentences.push(spread('Answered instead', members, (failure) => failure.surplus, words));
  }
  return sentences;
}

/** The commonest facets of the members, in one sentence. */
function spread(
  opening: string,
  members: readonly Fault[],
  facetsOf: (failure: Fault) => readonly string[],
  { facet, facets }: TaskWords,
): string {
  const found = members.flatMap((failure): readonly (string | null)[] => {
    const own = facetsOf(failure);
    return own.length > 0 ? own : [failure.answer === null ? null : ''];
  });
  const groups = [...groupBy(found, (each) => each)].map(([label, group]) => ({ label, count: group.length }));
  groups.sort((a, b) => b.count - a.count || ((a.label ?? '') < (b.label ?? '') ? -1 : 1));
  const named = groups.slice(0, 3).map(({ label, count }) => `${label === '' ? 'nothing' : quoted(label)} (${count})`);
  const others = groups.length - named.length;
  return `${opening}: ${named.join(', ')}${others > 0 ? ` and ${plural(others, `more ${facet}`, `more ${facets}`)}` : ''}.`;
}

function textEvidence(
  group: Group,
  diagnosis: Diagnosis,
  keywords: readonly Keyword[],
  profile: SurfaceProfile,
  evidence: Evidence,
): string[] {
  const { expected, members } = group;
  const sentences: string[] = [];
  const passing = expected === null ? undefined : evidence.passes.get(expected);
  const word = keywords.find((keyword) => keyword.word !== diagnosis.trap && !isFunctionWord(keyword.word));
  if (word !== undefined) {
    const usual =
      passing === undefined
        ? (evidence.passingWords.get(word.word) ?? 0) / Math.max(1, evidence.passed)
        : (passing.words.get(word.word) ?? 0) / passing.count;
    const where = passing === undefined ? 'all inputs answered right' : `the ${quoted(expected)} inputs answered right`;
    sentences.push(
      `"${word.word}" is in ${word.count} of these ${members.length} inputs (${roughly(word.count / members.length)}), and in ${roughly(usual)} of ${where}.`,
    );
  }
  const [feature] = profile;
  if (
    feature !== undefined &&
    diagnosis.cause !== 'length' &&
    Math.abs(feature.effect) * Math.sqrt(members.length) >= noteworthy
  ) {
    sentences.push(`These inputs ${featureSentence(feature)}.`);
  }
  const margins = momentsOf(members.map((failure) => failure.margin));
  if (passing !== undefined && diagnosis.cause !== 'ambiguous') {
    sentences.push(
      `The model's margin averages ${margins.mean.toFixed(2)} on these wrong answers, ${passing.margins.mean.toFixed(2)} where ${quoted(expected)} is right.`,
    );
  }
  return sentences;
}

function nearestTheCentre(members: readonly Fault[], { index, position }: TextSpace): string[] {
  const placed = members.flatMap((failure) => {
    const place = position.get(failure);
    return place === undefined ? [] : [{ traceId: failure.traceId, place }];
  });
  const centre = index.centroid(placed.map(({ place }) => place));
  return placed
    .map(({ traceId, place }) => ({ traceId, similarity: cosine(index.vector(place), centre) }))
    .sort((a, b) => b.similarity - a.similarity || (a.traceId < b.traceId ? -1 : 1))
    .slice(0, exampleLimit)
    .map(({ traceId }) => traceId);
}
