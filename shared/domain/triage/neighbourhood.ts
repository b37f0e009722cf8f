import { SimilarityIndex } from '../similarity/similarity-index.ts';
import type { SuspectRecord } from './suspect.ts';

/** Records searched for neighbours at most; a larger traffic is thinned evenly. */
const mostSearched = 50_000;
/** Texts this alike are one text sent again, and tell nothing new. */
const sameText = 0.95;

/** What lies around a record in the space of texts. */
export interface Vote {
  /** Sum of squared similarities by given label. */
  readonly byLabel: ReadonlyMap<string, number>;
  readonly total: number;
}

/** The texts of judged records, to be asked what the nearest of them were given. Built at the first question. */
export class Neighbourhood {
  readonly #records: readonly SuspectRecord[];
  #index: SimilarityIndex | undefined;

  constructor(records: readonly SuspectRecord[]) {
    const stride = Math.max(1, Math.ceil(records.length / mostSearched));
    this.#records = records.filter((_, at) => at % stride === 0);
  }

  /** The nearest accepted records, most similar first, without the record itself and copies of its text. */
  nearest(
    record: SuspectRecord,
    count: number,
    accept: (other: SuspectRecord) => boolean,
  ): { record: SuspectRecord; similarity: number }[] {
    this.#index ??= new SimilarityIndex(this.#records.map(({ input }) => input));
    const found = this.#index.nearest(record.input, count + 5, (index) => {
      const other = this.#records[index];
      return other !== undefined && other.traceId !== record.traceId && accept(other);
    });
    return found
      .filter(({ similarity }) => similarity < sameText)
      .slice(0, count)
      .flatMap(({ index, similarity }) => {
        const other = this.#records[index];
        return other === undefined ? [] : [{ record: other, similarity }];
      });
  }

  /** How the nearest accepted records vote by their given labels, nearer ones with more weight. */
  vote(record: SuspectRecord, count: number, accept: (other: SuspectRecord) => boolean): Vote {
    const byLabel = new Map<string, number>();
    let total = 0;
    for (const { record: other, similarity } of this.nearest(record, count, accept)) {
      const weight = similarity * similarity;
      byLabel.set(other.given, (byLabel.get(other.given) ?? 0) + weight);
      total += weight;
    }
    return { byLabel, total };
  }
}
