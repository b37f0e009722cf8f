import type { Output } from '../../domain/base/output.ts';
import type { PropagationThreshold } from '../../domain/review/propagation-threshold.ts';
import type { JudgedCard } from '../../domain/review/review-entry.ts';
import type { ReviewItem } from '../../domain/review/review-item.ts';
import type { Reviewed } from '../../domain/review/reviewed.ts';
import type { ReviewMaterial } from './review-material.ts';
import { type SimilarTrace, SimilarTraces } from './similar-traces.ts';

/** What is carried over to a trace. */
export interface CarriedOver {
  readonly right: Output;
  readonly similarity: number;
}

/** As long as so few traces are new, they are not searched for what is like others. */
const newShare = 0.05;

/** Where corrections of one model propagate to. */
export class Propagation {
  readonly #reviewed: Reviewed;
  #similar: Promise<SimilarTraces> | null = null;
  #threshold: { readonly of: ReviewMaterial; readonly fitted: Promise<PropagationThreshold> } | null = null;

  constructor(reviewed: Reviewed) {
    this.#reviewed = reviewed;
  }

  /** The traffic as it is searched, made when it is first asked for. */
  async similar(material: ReviewMaterial): Promise<SimilarTraces> {
    const making = this.#similar;
    if (making !== null) {
      const known = await making;
      let fresh = 0;
      for (const traceId of material.items.keys()) if (!known.has(traceId)) fresh += 1;
      if (fresh <= known.size * newShare) return known;
      if (this.#similar !== making) return this.similar(material);
    }
    this.#similar = SimilarTraces.of([...material.items.values()]);
    return this.#similar;
  }

  /** Fitted once for each state of the traffic. */
  threshold(material: ReviewMaterial): Promise<PropagationThreshold> {
    if (this.#threshold?.of === material) return this.#threshold.fitted;
    const rightOf = ({ traceId }: ReviewItem): Output | null => rightOutput(material.items.get(traceId));
    const fitted = this.similar(material).then((similar) => similar.fit(rightOf, material.kind));
    this.#threshold = { of: material, fitted };
    return fitted;
  }

  /**
   * What nobody has judged and is as like a trace as it must be, most similar first.
   * @param own traces that are judged with it
   */
  async reaches(
    source: ReviewItem,
    own: ReadonlySet<string>,
    material: ReviewMaterial,
  ): Promise<readonly SimilarTrace[]> {
    const similar = await this.similar(material);
    return similar.like(source.input, await this.threshold(material), ({ traceId }) => {
      const item = material.items.get(traceId);
      if (item === undefined || own.has(traceId)) return false;
      // Where outputs name places, they are true of one text alone.
      if (material.kind.anchored && item.input !== source.input) return false;
      return [...item.judgements, ...this.#reviewed.of(traceId)].every(({ judge }) => judge.kind === 'propagated');
    });
  }

  /**
   * What cards carry over to other traces, by their ids, each from what is most like it.
   * @param expected the right output of all cards; null where each one's own is
   */
  async ofCards(
    cards: readonly JudgedCard[],
    expected: Output | null,
    own: ReadonlySet<string>,
    material: ReviewMaterial,
  ): Promise<ReadonlyMap<string, CarriedOver>> {
    const carried = new Map<string, CarriedOver>();
    for (const { traceIds } of cards) {
      const source = material.items.get(traceIds[0] ?? '');
      const right = expected ?? source?.output ?? null;
      if (source === undefined || right === null) continue;
      for (const { item, similarity } of await this.reaches(source, own, material)) {
        const before = carried.get(item.traceId);
        if (before === undefined || before.similarity < similarity) carried.set(item.traceId, { right, similarity });
      }
    }
    return carried;
  }
}

/** What is right of a judged trace that can be relied on; null for all others. */
function rightOutput(item: ReviewItem | undefined): Output | null {
  if (item === undefined || item.run?.suspect != null || item.run?.isPoison === true) return null;
  const { counts, output } = item;
  if (counts.kind !== 'counts' || counts.judgement.judge.kind === 'propagated') return null;
  return counts.judgement.expected ?? (counts.judgement.verdict === 'pass' ? output : null);
}
