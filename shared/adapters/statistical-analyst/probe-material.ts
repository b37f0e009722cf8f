import { SimilarityIndex } from '../../domain/similarity.ts';
import type { UsableRecord } from '../../domain/trace-record.ts';
import type { ProbeRequest } from '../../ports/analyst.ts';
import { inputSignature } from './signature.ts';

/** Records that are searched for neighbours; more are sampled down to this many. */
const mostSearched = 4_000;
const mostQueries = 60;
const readCharacters = 1_000;

/** Training-side records that probes of one cluster are made from, none of them a member or a copy of one. */
export class ProbeMaterial {
  readonly #request: ProbeRequest;
  readonly #records: readonly UsableRecord[];
  readonly #queries: readonly string[];

  constructor(request: ProbeRequest) {
    this.#request = request;
    const ids = new Set(request.members.map((member) => member.traceId));
    const texts = new Set(request.members.map((member) => member.input));
    const signatures = new Set(request.members.flatMap((member) => inputSignature(member.input) ?? []));
    const seen = new Set<string>();
    this.#records = request.material.filter((record) => {
      const known =
        ids.has(record.traceId) ||
        texts.has(record.input) ||
        seen.has(record.input) ||
        signatures.has(inputSignature(record.input) ?? '');
      seen.add(record.input);
      return !known && record.input.trim() !== '';
    });
    this.#queries = request.random.shuffle(request.members.map((member) => member.input)).slice(0, mostQueries);
  }

  /** Passing records of a label. */
  passing(label: string): UsableRecord[] {
    return this.#records.filter((record) => record.expected === label && record.verdict === 'pass');
  }

  /** Records that are accepted, in random order. */
  sample(accept: (record: UsableRecord) => boolean): UsableRecord[] {
    return this.#request.random.shuffle(this.#records.filter(accept));
  }

  /**
   * Accepted records like the cluster's members, each once: by turns the nearest to each member that is not named yet,
   * whether the champion has them right or not, so that they stand for the cluster's region.
   */
  nearMembers(accept: (record: UsableRecord) => boolean, limit: number): UsableRecord[] {
    const accepted = this.#records.filter(accept);
    const searched =
      accepted.length > mostSearched ? this.#request.random.shuffle(accepted).slice(0, mostSearched) : accepted;
    const index = new SimilarityIndex(searched.map((record) => record.input.slice(0, readCharacters)));
    const lists = this.#queries.map((query) => index.nearest(query.slice(0, readCharacters), limit));
    const chosen = new Set<UsableRecord>();
    for (let rank = 0; rank < limit && chosen.size < limit; rank += 1) {
      for (const list of lists) {
        const next = list
          .map((neighbour) => searched[neighbour.index])
          .find((record) => record !== undefined && !chosen.has(record));
        if (next !== undefined && chosen.size < limit) chosen.add(next);
      }
    }
    return [...chosen];
  }
}
