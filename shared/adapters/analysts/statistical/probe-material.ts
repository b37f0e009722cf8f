import { Contrast } from '../../../domain/similarity/contrast.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
import type { ProbeRequest } from '../../../ports/analyst.ts';
import { inputSignature } from './signature.ts';

/** Records that are ranked, and those that the ranking goes by; more are sampled down to this many. */
const mostRanked = 4_000;
const mostMembers = 200;
const mostPasses = 1_000;
const readCharacters = 1_000;

/** What the material of a run's clusters has in common, which are probed from the same records one after the other. */
interface Common {
  /** Its records, the first of each input. */
  readonly distinct: readonly UsableRecord[];
  readonly contrast: Contrast;
}

const ofMaterial = new WeakMap<readonly UsableRecord[], Common>();

function commonOf(material: readonly UsableRecord[]): Common {
  const known = ofMaterial.get(material);
  if (known !== undefined) return known;
  const firsts = new Map<string, UsableRecord>();
  for (const record of material) if (!firsts.has(record.input)) firsts.set(record.input, record);
  const distinct = [...firsts.values()].filter((record) => record.input.trim() !== '');
  const common = { distinct, contrast: new Contrast() };
  ofMaterial.set(material, common);
  return common;
}

/** Of a record what {@link inputSignature} says. */
const signatures = new WeakMap<UsableRecord, string | null>();

function signatureOf(record: UsableRecord): string | null {
  const known = signatures.get(record);
  if (known !== undefined) return known;
  const signature = inputSignature(record.input);
  signatures.set(record, signature);
  return signature;
}

/**
 * Training-side records that probes of one cluster are made from, none of them a member or a copy of one. What clusters
 * have in common is found once where each is given the very same array as its material.
 */
export class ProbeMaterial {
  readonly #request: ProbeRequest;
  readonly #records: readonly UsableRecord[];
  readonly #contrast: Contrast;

  constructor(request: ProbeRequest) {
    this.#request = request;
    const ids = new Set(request.members.map((member) => member.traceId));
    const texts = new Set(request.members.map((member) => member.input));
    const ofMembers = new Set(request.members.flatMap((member) => signatureOf(member) ?? []));
    const { distinct, contrast } = commonOf(request.material);
    this.#contrast = contrast;
    this.#records = distinct.filter(
      (record) => !(ids.has(record.traceId) || texts.has(record.input) || ofMembers.has(signatureOf(record) ?? '')),
    );
  }

  /** Records that are accepted, in random order. */
  sample(accept: (record: UsableRecord) => boolean): UsableRecord[] {
    return this.#request.random.shuffle(this.#records.filter(accept));
  }

  /**
   * Accepted records, those of the cluster's region first, whether the champion has them right or not: by their cosine
   * to the members' centroid less that to the centroid of accepted passes that the clustering saw (Rocchio 1971).
   * Likeness to members alone would rank first what all accepted inputs have in common.
   */
  byLikeness(accept: (record: UsableRecord) => boolean): UsableRecord[] {
    const ranked = this.#atMost(mostRanked, this.#records.filter(accept));
    const members = this.#atMost(mostMembers, this.#request.members);
    const passes = this.#atMost(
      mostPasses,
      this.#request.passes.filter((record) => record.verdict === 'pass' && accept(record)),
    );
    const likeness = this.#contrast.of({
      texts: ranked.map(readOf),
      like: members.map(readOf),
      unlike: passes.map(readOf),
    });
    return ranked
      .map((record, at) => ({ record, likeness: likeness[at] ?? 0 }))
      .sort((a, b) => b.likeness - a.likeness)
      .map(({ record }) => record);
  }

  #atMost(most: number, records: readonly UsableRecord[]): readonly UsableRecord[] {
    return records.length > most ? this.#request.random.shuffle(records).slice(0, most) : records;
  }
}

function readOf({ input }: UsableRecord): string {
  return input.slice(0, readCharacters);
}
