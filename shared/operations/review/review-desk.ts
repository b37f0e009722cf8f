import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, digest, shortDigest } from '../../domain/base/ids.ts';
import { agreementOf, latestOfEach } from '../../domain/review/agreement.ts';
import { Claims } from '../../domain/review/claims.ts';
import { judgementsBy, propagatedJudgement, retractionsOf } from '../../domain/review/judge-traces.ts';
import { confidenceOf } from '../../domain/review/reasons.ts';
import type { ReviewAction, ReviewEntry } from '../../domain/review/review-entry.ts';
import type { ReviewItem } from '../../domain/review/review-item.ts';
import type { QueueCard } from '../../domain/review/review-queue.ts';
import type { Why, WhyKind } from '../../domain/review/why.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { readThrough } from '../../domain/traces/read-through.ts';
import { type WhatCounts, whatCounts } from '../../domain/traces/what-counts.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { type DeskPorts, type FindingsOf, HeldMaterial } from './held-material.ts';
import { Propagation } from './propagation.ts';
import { readJudged } from './read-judged.ts';
import type { ReviewMaterial } from './review-material.ts';
import { ReviewRecord } from './review-record.ts';
import {
  type ActionOutcome,
  type ActionRequest,
  type ActionView,
  type Agreement,
  actionView,
  type CardView,
  outcomeOf,
  type Preview,
  type QueuePage,
  type QueueQuestion,
  reviewersOf,
  type SimilarView,
  type UndoOutcome,
} from './review-views.ts';
import type { SimilarTrace } from './similar-traces.ts';
import { outputFrom } from './written-output.ts';

const mostLikeIds = 50;
const mostPreviewed = 50;
/** So many traces get at most what is said of one card. */
const mostPropagated = 10_000;
/** The review of one place's models: what is to be looked at, and what people say of it. */
export class ReviewDesk {
  readonly #ports: DeskPorts;
  readonly #findings: FindingsOf;
  readonly #desks = new Map<string, Promise<ModelDesk>>();

  constructor(ports: DeskPorts, findings: FindingsOf) {
    this.#ports = ports;
    this.#findings = findings;
  }

  /** @throws RatchetError UnknownModel */
  async of(modelId: string): Promise<ModelDesk> {
    const known = this.#desks.get(modelId);
    if (known !== undefined) return known;
    // Asked first, so that names of no model leave nothing behind.
    if ((await this.#ports.lineage.getModel(modelId)) === undefined) throw await unknownModel(modelId, this.#ports);
    const opening =
      this.#desks.get(modelId) ??
      ReviewRecord.open(modelId, this.#ports).then(
        (record) => new ModelDesk(modelId, record, this.#ports, this.#findings),
      );
    this.#desks.set(modelId, opening);
    opening.catch(() => this.#desks.delete(modelId));
    return opening;
  }
}

/** The review of one model. */
export class ModelDesk {
  readonly #modelId: string;
  readonly #record: ReviewRecord;
  readonly #ports: DeskPorts;
  readonly #material: HeldMaterial;
  readonly #propagation: Propagation;
  readonly #claims = new Claims();
  #working: Promise<unknown> = Promise.resolve();

  constructor(modelId: string, record: ReviewRecord, ports: DeskPorts, findings: FindingsOf) {
    this.#modelId = modelId;
    this.#record = record;
    this.#ports = ports;
    this.#material = new HeldMaterial(modelId, record, ports, findings);
    this.#propagation = new Propagation(record.reviewed);
  }

  /** What a person should look at, in order. */
  async queue(question: QueueQuestion): Promise<QueuePage> {
    const material = await this.#material.get();
    const { model, kind, cards } = material;
    const { reviewer, label, reason } = question;
    const open: Placed[] = [];
    const deferred: Placed[] = [];
    for (const [rank, card] of cards.entries()) {
      if (reason !== null && !card.why.some((why) => why.kind === reason)) continue;
      const first = this.#firstOpen(card, material, reviewer);
      if (first === undefined || (label !== null && !this.#isAbout(first, label, material))) continue;
      const isDeferred = reviewer !== null && this.#record.reviewed.hasDeferred(reviewer, first.traceId);
      (isDeferred ? deferred : open).push({ card, place: placeOf(isDeferred ? 1 : 0, rank) });
    }
    const visible = [...open, ...deferred];
    const { after } = question;
    const start = after === null ? 0 : visible.findIndex(({ place }) => place > after);
    const page = start === -1 ? [] : visible.slice(start, start + question.limit);
    const isLast = start === -1 || start + page.length >= visible.length;
    return {
      total: visible.length,
      next: isLast ? null : (page.at(-1)?.place ?? null),
      labels: kind.knownFacets(model.task),
      task: kind.kind,
      cards: page.map(({ card }) => this.#view(card, this.#openMembers(card, material, reviewer), material)),
    };
  }

  claim(reviewer: string, cardIds: readonly string[]): ReturnType<Claims['take']> {
    return this.#claims.take(cardIds, reviewer, this.#ports.clock.now());
  }

  /** What goes with a correction of one trace. @throws RatchetError InvalidInput */
  async preview(traceId: string, written: unknown): Promise<Preview> {
    const material = await this.#material.get();
    const { items, kind, model } = material;
    const item = items.get(traceId);
    if (item === undefined) throw unknownTrace(traceId);
    const expected = outputFrom(written, model, kind);
    const problem = kind.problem(model.task, item.input, expected);
    if (problem !== null) throw new RatchetError('InvalidInput', `${problem.reason}.`, { mend: problem.mend });
    const near = [...items.values()].filter(
      (one) => one.group === item.group && one.traceId !== traceId && this.#people(one, material).length === 0,
    );
    const similar = await this.#propagation.similar(material);
    const threshold = await this.#propagation.threshold(material);
    const found = await this.#propagation.reaches(item, new Set([traceId]), material);
    return {
      ...threshold,
      like: similar.among(item.input, near).map(viewOfSimilar),
      propagated: found.slice(0, mostPreviewed).map(viewOfSimilar),
      total: found.length,
    };
  }

  /**
   * Enters what a reviewer says. The same action again, by its client's id, changes nothing more. What it says is kept for
   * good once this resolves.
   * @throws RatchetError InvalidInput where it cannot be said
   */
  act(request: ActionRequest): Promise<ActionOutcome> {
    return this.#alone(async () => {
      const { reviewer, cards } = request;
      const actionId = `review-${shortDigest(this.#modelId, reviewer, request.clientId)}`;
      const { clientId: _, ...said } = request;
      const requestDigest = digest(canonicalJson(said));
      for (;;) {
        const known = this.#record.reviewed.action(actionId);
        if (known !== undefined) {
          if (known.action.digest === requestDigest) return outcomeOf(known.action);
          throw new RatchetError('InvalidInput', 'Another action was sent under this clientId.', {
            mend: 'Give each action a clientId of its own.',
          });
        }
        const { expected, judgements } = await this.#judge(actionId, request);
        const now = new Date(this.#ports.clock.now()).toISOString();
        const action: ReviewAction = {
          ...{ kind: 'action', schemaVersion: 1, reviewer, at: now, actionId, digest: requestDigest },
          ...{ act: request.kind, cards, expected, judgements },
        };
        if (!(await this.#enter(action))) continue;
        this.#claims.release(
          cards.map(({ cardId }) => cardId),
          reviewer,
        );
        return outcomeOf(action);
      }
    });
  }

  /**
   * Takes back one action of a reviewer, the latest by default, with all that came of it and nothing else.
   * @returns null where there is none that is not undone already
   */
  undo(reviewer: string, actionId: string | null): Promise<UndoOutcome | null> {
    return this.#alone(async () => {
      for (;;) {
        const { reviewed } = this.#record;
        const known = actionId === null ? null : reviewed.action(actionId);
        const action = actionId === null ? reviewed.latestOf(reviewer) : known?.action;
        if (action === undefined || action.reviewer !== reviewer || known?.undone === true) return null;
        const undoId = `undo-${shortDigest(action.actionId)}`;
        const now = this.#ports.clock.now();
        const judgements = retractionsOf(action.judgements, { undoId, reviewer, now });
        const at = new Date(now).toISOString();
        const isEntered = await this.#enter({
          ...{ kind: 'undo', schemaVersion: 1, reviewer, at, undoId, undoes: action.actionId, judgements },
        });
        if (!isEntered) continue;
        const cards = action.cards.map(({ cardId }) => cardId);
        return { actionId: action.actionId, kind: action.act, judgements: judgements.length, cards };
      }
    });
  }

  /** @returns newest first */
  async actions(reviewer: string | null, limit: number): Promise<readonly ActionView[]> {
    await this.#material.look();
    return this.#record.reviewed
      .actions()
      .filter(({ action }) => reviewer === null || action.reviewer === reviewer)
      .toReversed()
      .slice(0, limit)
      .map(actionView);
  }

  async agreement(): Promise<Agreement> {
    const material = await this.#material.get();
    const { items, kind, model } = material;
    const { reviewsWanted } = model.settings;
    const people = [...items.values()].map((item) => ({
      output: item.output,
      judgements: this.#people(item, material),
    }));
    const waiting = people
      .filter(({ judgements }) => judgements.length > 0)
      .map(({ judgements }) => latestOfEach(judgements));
    return {
      reviewsWanted,
      pairs: agreementOf(people, kind),
      reviewers: reviewersOf(this.#record.reviewed.actions()),
      waitingForSecond: waiting.filter(({ size }) => size < reviewsWanted).length,
    };
  }

  /** One action after the other. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#working.then(work, work);
    this.#working = next.catch(() => undefined);
    return next;
  }

  #enter(entry: ReviewEntry): Promise<boolean> {
    return this.#material.whileEntering(() => this.#record.enter(entry));
  }

  async #judge(
    actionId: string,
    { reviewer, kind: act, cards, expected: written, propagate }: ActionRequest,
  ): Promise<Pick<ReviewAction, 'expected' | 'judgements'>> {
    if (act === 'defer') return { expected: null, judgements: [] };
    const model = await this.#material.model();
    const kind = kindOf(model, this.#ports);
    const expected = act === 'correct' ? outputFrom(written, model, kind) : null;
    const traceIds = [...new Set(cards.flatMap((card) => card.traceIds))];
    const traces = await readJudged(traceIds, model, kind, this.#ports);
    const missing = traceIds.find((traceId) => !traces.has(traceId));
    if (missing !== undefined) throw unknownTrace(missing);
    const now = this.#ports.clock.now();
    const judged = traceIds.flatMap((traceId) => traces.get(traceId)?.trace ?? []);
    const own = judgementsBy({ actionId, reviewer, act, expected, now }, judged, model.task, kind);
    if (!propagate || act === 'reject') return { expected, judgements: own };
    const said = { actionId, reviewer, now };
    const carried = await this.#propagation.ofCards(cards, expected, new Set(traceIds), await this.#material.get());
    const targets = await readJudged([...carried.keys()].slice(0, mostPropagated), model, kind, this.#ports);
    const propagated = [...targets.values()].flatMap(({ trace, standing }) => {
      const found = carried.get(trace.traceId);
      // Somebody may have judged it since the queue was put together.
      if (found === undefined || standing.some(({ judge }) => judge.kind !== 'propagated')) return [];
      if (kind.problem(model.task, trace.input, found.right) !== null) return [];
      return [propagatedJudgement({ ...said, expected: found.right, similarity: found.similarity }, trace, kind)];
    });
    return { expected, judgements: [...own, ...propagated] };
  }

  /** What people say of a trace, all that stands. */
  #people(item: ReviewItem, material: ReviewMaterial): readonly Judgement[] {
    return [...item.judgements, ...this.#own(item, material)].filter(isOfPerson);
  }

  /** What reviews say of a trace, in the labels of today. */
  #own(item: ReviewItem, { kind, reading }: ReviewMaterial): readonly Judgement[] {
    const judgements = this.#record.reviewed.of(item.traceId);
    if (judgements.length === 0 || reading === null) return judgements;
    return readThrough({ trace: item, judgements }, kind, reading).judgements;
  }

  /** The traces of a card that a reviewer may still judge, the one that stands for the others first. */
  #openMembers(card: QueueCard, material: ReviewMaterial, reviewer: string | null): readonly ReviewItem[] {
    return card.traceIds.flatMap((traceId) => {
      const item = material.items.get(traceId);
      return item !== undefined && this.#isOpen(item, card, material, reviewer) ? [item] : [];
    });
  }

  #firstOpen(card: QueueCard, material: ReviewMaterial, reviewer: string | null): ReviewItem | undefined {
    for (const traceId of card.traceIds) {
      const item = material.items.get(traceId);
      if (item !== undefined && this.#isOpen(item, card, material, reviewer)) return item;
    }
    return undefined;
  }

  #isOpen(item: ReviewItem, card: QueueCard, material: ReviewMaterial, reviewer: string | null): boolean {
    const own = this.#own(item, material);
    // Most traces: nobody has judged them, here or elsewhere.
    if (own.length === 0 && !item.judgements.some(isOfPerson)) return true;
    const here = new Set(own.flatMap((judgement) => (isOfPerson(judgement) ? [judgement.judge.id] : [])));
    if (reviewer !== null && here.has(reviewer)) return false;
    if (here.size === 0 && own.length > 0 && !isOfKind(card, 'random')) return false;
    // A card of what people say is done when somebody has looked at it here; all others when enough people judged.
    const enough = isOfKind(card, 'disagreement') ? here.size : latestOfEach(this.#people(item, material)).size;
    return enough < material.model.settings.reviewsWanted || this.#disputed(item, material) !== null;
  }

  /** Why it is undecided what people say here; null where it is not. */
  #disputed(item: ReviewItem, material: ReviewMaterial): string | null {
    if (this.#record.reviewed.of(item.traceId).length === 0) return null;
    const counts = this.#counts(item, material);
    return counts.kind === 'disputed' ? counts.reason : null;
  }

  #isAbout(item: ReviewItem, label: string, material: ReviewMaterial): boolean {
    const { kind } = material;
    const { expected } = this.#counted(item, material);
    const outputs = [item.output, expected].filter((output) => output !== null);
    return outputs.some((output) => kind.facets(output).includes(label));
  }

  #counts(item: ReviewItem, material: ReviewMaterial): WhatCounts {
    const own = this.#own(item, material);
    const { kind, model } = material;
    if (own.length === 0) return item.counts;
    return whatCounts({ trace: item, judgements: [...item.judgements, ...own] }, model.task, kind);
  }

  #counted(item: ReviewItem, material: ReviewMaterial): Pick<CardView, 'verdict' | 'expected'> {
    const counts = this.#counts(item, material);
    if (counts.kind !== 'counts') return { verdict: null, expected: null };
    const { verdict, expected } = counts.judgement;
    return { verdict, expected: expected ?? (verdict === 'pass' ? item.output : null) };
  }

  #view(card: QueueCard, [item, ...like]: readonly ReviewItem[], material: ReviewMaterial): CardView {
    if (item === undefined) throw new Error('a card has no open trace');
    const claim = this.#claims.of(card.cardId, this.#ports.clock.now());
    const judgements = [...item.judgements, ...this.#own(item, material)];
    const disputed = this.#disputed(item, material);
    const undecided: Why[] = disputed === null ? [] : [{ kind: 'disagreement', text: `Undecided: ${disputed}.` }];
    return {
      cardId: card.cardId,
      traceId: item.traceId,
      like: like.length,
      likeIds: like.slice(0, mostLikeIds).map(({ traceId }) => traceId),
      input: item.input,
      output: item.output,
      confidence: confidenceOf(item, material.kind),
      ...this.#counted(item, material),
      judges: judgements.map(({ judge, verdict, expected = null }) => ({ ...judge, verdict, expected })),
      why: [...undecided, ...card.why.filter(({ kind }) => disputed === null || kind !== 'disagreement')],
      at: item.at,
      claim: claim === null ? null : { reviewer: claim.reviewer, until: new Date(claim.until).toISOString() },
      reviews: [...latestOfEach(this.#people(item, material)).values()].map(
        ({ judge, verdict, expected = null, judgedAt }) => ({
          ...{ reviewer: judge.id, verdict, expected, at: judgedAt },
        }),
      ),
    };
  }
}

interface Placed {
  readonly card: QueueCard;
  /** Sorts as the cards do. */
  readonly place: string;
}

function placeOf(section: number, rank: number): string {
  return `${section}-${String(rank).padStart(9, '0')}`;
}

function isOfKind({ why }: QueueCard, kind: WhyKind): boolean {
  return why.some((one) => one.kind === kind);
}

function isOfPerson({ judge }: Judgement): boolean {
  return judge.kind === 'human';
}

function viewOfSimilar({ item, similarity }: SimilarTrace): SimilarView {
  const { traceId, input, output } = item;
  return { traceId, input, output, similarity };
}

function unknownTrace(traceId: string): RatchetError {
  return new RatchetError('InvalidInput', `There is no trace ${JSON.stringify(traceId.slice(0, 120))}.`, {
    mend: 'Take trace ids from the queue; one that was answered a moment ago comes in seconds.',
  });
}
