import { cohensD, momentsOf } from '../../../domain/base/moments.ts';
import type { RootCause } from '../../../domain/diagnosis/root-cause.ts';
import { type SurfaceFeature, surfaceFeatures } from '../../../domain/diagnosis/surface-features.ts';
import type { SurfaceProfile } from '../../../domain/diagnosis/taxonomy.ts';
import type { Keyword } from '../../../domain/similarity/keywords.ts';
import { featureSentence } from './feature-sentence.ts';
import { type Group, groupBy, quoted, roughly } from './group.ts';
import type { Evidence } from './merge-analyses.ts';

export interface Diagnosis {
  readonly cause: RootCause;
  readonly reasons: readonly string[];
  /** The word that leads the model astray, where one does. */
  readonly trap: string | null;
}

const noisyShare = 0.6;
const strongEffect = 1.2;
/** Effect times the square root of the members' number, about a z-score: features are many, so it must be large. */
const sure = 4;
const trapFailing = 0.6;
const trapPassing = 0.15;
const trapLift = 4;
/** Length is to blame when it differs by half or more, however evenly long the passing inputs are. */
const lengthRatio = 1.5;
const lengthFeatures: ReadonlySet<string> = new Set(['characters', 'words', 'lines']);

/**
 * Settles the root cause of a group that its facets alone do not settle: noise, length, a surface trap, or the facets.
 * @param causes those that the task kind knows; no other is given
 */
export function diagnose(
  group: Group,
  profile: SurfaceProfile,
  keywords: readonly Keyword[],
  evidence: Evidence,
  causes: readonly RootCause[],
): Diagnosis {
  if (group.kind !== 'pair' && group.kind !== 'missed-label' && group.kind !== 'false-alarm') {
    return { cause: group.kind, reasons: [], trap: null };
  }
  const ofPatterns = causeOfPatterns(group);
  const ofFacets = ofPatterns ?? causeOfFacets(group);
  const known = (found: Diagnosis | null): Diagnosis | null =>
    found !== null && causes.includes(found.cause) ? found : null;
  return (
    known(failedTools(group)) ??
    known(noise(group, evidence)) ??
    known(wordTrap(group, keywords, evidence)) ??
    known(featureTrap(group, profile, evidence, ofPatterns === null)) ?? {
      cause: causes.includes(ofFacets) ? ofFacets : (causes[0] ?? ofFacets),
      reasons: [],
      trap: null,
    }
  );
}

/**
 * The cause that the failures' patterns name, of those first that are about the group's facet: a failure may begin with
 * another error than the one it is grouped by. Null where none is named.
 */
function causeOfPatterns({ expected, answered, members }: Group): RootCause | null {
  const facet = expected ?? answered;
  const own = members.filter(({ pattern }) => facet !== null && pattern.facets.includes(facet));
  return commonest((own.length > 0 ? own : members).map(({ pattern }) => pattern.cause));
}

/** What the facets alone tell: of a pattern, whether anything was answered instead. */
function causeOfFacets({ kind, answered }: Group): RootCause {
  if (kind === 'pair') return answered === null ? 'missed-label' : 'label-confusion';
  return kind;
}

/** The cause that most name, the first of several; null where none is named. */
function commonest(causes: readonly (RootCause | undefined)[]): RootCause | null {
  const named = groupBy(
    causes.filter((cause) => cause !== undefined),
    (cause) => cause,
  );
  let best: readonly RootCause[] = [];
  for (const each of named.values()) if (each.length > best.length) best = each;
  return best[0] ?? null;
}

/** Tools failed on the way to most of the answers: no weights mend that. */
function failedTools({ members }: Group): Diagnosis | null {
  const failed = members.filter(({ mistake }) => mistake?.cause === 'tool').length;
  if (2 * failed <= members.length) return null;
  return { cause: 'tool', reasons: [], trap: null };
}

function noise({ members }: Group, evidence: Evidence): Diagnosis | null {
  const noisy = members.filter((failure) => failure.noise !== 'none').length / members.length;
  const passingNoisy = 1 - (evidence.passingNoise.get('none') ?? 0) / Math.max(1, evidence.passed);
  if (noisy < noisyShare || noisy < 2 * passingNoisy) return null;
  return {
    cause: 'noise',
    reasons: [`${roughly(noisy)} of these inputs are noisy, against ${roughly(passingNoisy)} of those answered right.`],
    trap: null,
  };
}

/**
 * A word that most failing inputs hold, passing ones of their label hardly ever, and those of the answered label often.
 */
function wordTrap(group: Group, keywords: readonly Keyword[], evidence: Evidence): Diagnosis | null {
  const { expected, answered, members } = group;
  const passing = expected === null ? undefined : evidence.passes.get(expected);
  const typical = answered === null ? undefined : evidence.passes.get(answered);
  if (passing === undefined || typical === undefined || passing.count < 5 || typical.count < 5) return null;
  for (const { word, count } of keywords) {
    const failing = count / members.length;
    const usual = (passing.words.get(word) ?? 0) / passing.count;
    const lure = (typical.words.get(word) ?? 0) / typical.count;
    const anywhere = (evidence.passingWords.get(word) ?? 0) / Math.max(1, evidence.passed);
    if (failing < trapFailing || usual > trapPassing || lure < trapFailing / 2 || lure < trapLift * anywhere) continue;
    return {
      cause: 'surface-trap',
      reasons: [
        `The word "${word}" is in ${roughly(failing)} of these inputs, in ${roughly(usual)} of the ${quoted(expected)} inputs answered right, and in ${roughly(lure)} of those of ${quoted(answered)}.`,
      ],
      trap: word,
    };
  }
  return null;
}

/**
 * A surface feature far from that of passing inputs: a trap when the answered label has it too, else length, if it is
 * one. Where patterns name what is wrong, length is not to blame: the longer a text, the more there is to get wrong.
 */
function featureTrap(
  group: Group,
  profile: SurfaceProfile,
  evidence: Evidence,
  mayBeLength: boolean,
): Diagnosis | null {
  const { expected, answered, members } = group;
  for (const { feature, failing, passing, effect } of profile) {
    if (Math.abs(effect) < strongEffect || Math.abs(effect) * Math.sqrt(members.length) < sure) break;
    const numbers = featureSentence({ feature, failing, passing, effect });
    const own = expected === null ? undefined : evidence.passes.get(expected)?.features.get(feature);
    const lure = answered === null ? undefined : evidence.passes.get(answered)?.features.get(feature);
    const values = momentsOf(members.map((failure) => surfaceFeatures(failure.input)[feature as SurfaceFeature]));
    const lured =
      own !== undefined &&
      lure !== undefined &&
      cohensD(lure, own) * Math.sign(effect) >= 0.8 &&
      Math.abs(cohensD(values, lure)) < Math.abs(effect) / 2;
    if (lured)
      return {
        cause: 'surface-trap',
        reasons: [`These inputs ${numbers}, as do those of ${quoted(answered)}.`],
        trap: null,
      };
    if (mayBeLength && lengthFeatures.has(feature) && Math.max(failing / passing, passing / failing) >= lengthRatio)
      return { cause: 'length', reasons: [`These inputs ${numbers}.`], trap: null };
  }
  return null;
}
