import { cosine, SimilarityIndex } from '../../../domain/similarity/similarity-index.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
import type { ProbeRequest } from '../../../ports/analyst.ts';
import { inputSignature } from './signature.ts';

/** Records that are ranked, and those that the ranking goes by; more are sampled down to this many. */
const mostRanked = 4_000;
const mostMembers = 200;
const mostPasses = 1_000;
const readCharacters = 1_000;

/** Of a record what {@link inputSignature} says: clusters of one run are probed from the same records, one after the other. */
const signatures = new WeakMap<UsableRecord, string | null>();

function signatureOf(record: UsableRecord): string | null {
  const known = signatures.get(record);
  if (known !== undefined) return known;
  const signature = inputSignature(record.input);
  signatures.set(record, signature);
  return signature;
}

/** Training-side records that probes of one cluster are made from, none of them a member or a copy of one. */
export class ProbeMaterial {
  readonly #request: ProbeRequest;
  readonly #records: readonly UsableRecord[];

  constructor(request: ProbeRequest) {
    this.#request = request;
    const ids = new Set(request.members.map((member) => member.traceId));
    const texts = new Set(request.members.map((member) => member.input));
    const ofMembers = new Set(request.members.flatMap((member) => signatureOf(member) ?? []));
    const seen = new Set<string>();
    this.#records = request.material.filter((record) => {
      const known =
        ids.has(record.traceId) ||
        texts.has(record.input) ||
        seen.has(record.input) ||
        ofMembers.has(signatureOf(record) ?? '');
      seen.add(record.input);
      return !known && record.input.trim() !== '';
    });
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
    const index = new SimilarityIndex(
      [...ranked, ...members, ...passes].map((record) => record.input.slice(0, readCharacters)),
    );
    const positions = [...Array(index.size).keys()];
    const failing = index.centroid(positions.slice(ranked.length, ranked.length + members.length));
    const passing = index.centroid(positions.slice(ranked.length + members.length));
    return ranked
      .map((record, at) => {
        const vector = index.vector(at);
        return { record, likeness: cosine(vector, failing) - cosine(vector, passing) };
      })
      .sort((a, b) => b.likeness - a.likeness)
      .map(({ record }) => record);
  }

  #atMost(most: number, records: readonly UsableRecord[]): readonly UsableRecord[] {
    return records.length > most ? this.#request.random.shuffle(records).slice(0, most) : records;
  }
}
