import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, digest, shortDigest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Model } from '../../domain/models/model.ts';
import { agreementOf, latestOfEach, type PairAgreement } from '../../domain/review/agreement.ts';
import { Claims } from '../../domain/review/claims.ts';
import { judgementsBy, propagatedJudgement, retractionsOf } from '../../domain/review/judge-traces.ts';
import type { PropagationThreshold } from '../../domain/review/propagation-threshold.ts';
import { confidenceOf } from '../../domain/review/reasons.ts';
import type { JudgedCard, ReviewAction, ReviewKind } from '../../domain/review/review-entry.ts';
import type { ReviewItem } from '../../domain/review/review-item.ts';
import type { QueueCard } from '../../domain/review/review-queue.ts';
import type { KnownAction } from '../../domain/review/reviewed.ts';
import type { Why, WhyKind } from '../../domain/review/why.ts';
import type { Judgement, Verdict } from '../../domain/traces/judgement.ts';
import { type ReadThrough, readThrough } from '../../domain/traces/read-through.ts';
import { standingJudgements } from '../../domain/traces/retractions.ts';
import { whatCounts } from '../../domain/traces/what-counts.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { gatherMaterial, type ReviewMaterial, type RunFindings } from './review-material.ts';
import { ReviewRecord } from './review-record.ts';
import { SimilarTraces } from './similar-traces.ts';

type DeskPorts = Pick<Ports, 'objects' | 'lineage' | 'traceLog' | 'tasks' | 'clock'>;

/** What the last run that looked at a model's traffic found; null where none has. */
export type FindingsOf = (model: Model) => Promise<RunFindings | null>;

export interface QueueQuestion {
  /** Null for nobody in particular. */
  readonly reviewer: string | null;
  readonly limit: number;
  /** Where the page before ended; null for the first page. */
  readonly after: string | null;
  readonly label: string | null;
  readonly reason: WhyKind | null;
}

/** A card as a person sees it, in the labels of today. */
export interface CardView {
  readonly cardId: string;
  readonly traceId: string;
  readonly like: number;
  readonly likeIds: readonly string[];
  readonly input: string;
  readonly output: Output | null;
  readonly confidence: number | null;
  readonly verdict: Verdict | null;
  readonly expected: Output | null;
  readonly judges: readonly {
    readonly kind: Judgement['judge']['kind'];
    readonly id: string;
    readonly verdict: Verdict | null;
    readonly expected: Output | null;
    readonly reason: string;
  }[];
  readonly why: readonly Why[];
  readonly at: string;
  readonly claim: { readonly reviewer: string; readonly until: string } | null;
  readonly reviews: readonly ReviewView[];
}

interface ReviewView {
  readonly reviewer: string;
  readonly verdict: Verdict | null;
  readonly expected: Output | null;
  readonly at: string;
}

export interface QueuePage {
  readonly total: number;
  readonly next: string | null;
  readonly labels: readonly string[];
  readonly task: string;
  readonly cards: readonly CardView[];
}

export interface ActionRequest {
  readonly reviewer: string;
  readonly kind: ReviewKind;
  readonly cards: readonly JudgedCard[];
  /** The right output of a correction as it was written; undefined for all else. */
  readonly expected?: unknown;
  readonly propagate: boolean;
  readonly clientId: string;
}

export interface ActionOutcome {
  readonly actionId: string;
  readonly judged: number;
  readonly propagated: number;
  readonly deferred: number;
}

export interface UndoOutcome {
  readonly actionId: string;
  readonly kind: ReviewKind;
  readonly judgements: number;
  readonly cards: readonly string[];
}

export interface SimilarView {
  readonly traceId: string;
  readonly input: string;
  readonly output: Output | null;
  readonly similarity: number;
}

export interface Preview extends PropagationThreshold {
  readonly like: readonly SimilarView[];
  readonly propagated: readonly SimilarView[];
  readonly total: number;
}

export interface ActionView extends Omit<ActionOutcome, 'deferred'> {
  readonly reviewer: string;
  readonly kind: ReviewKind;
  readonly cards: number;
  readonly at: string;
  readonly undone: boolean;
  readonly expected: Output | null;
}

export interface Agreement {
  readonly reviewsWanted: number;
  readonly pairs: readonly PairAgreement[];
  readonly reviewers: readonly {
    readonly reviewer: string;
    readonly judged: number;
    readonly corrected: number;
    readonly accepted: number;
    readonly deferred: number;
    readonly undone: number;
  }[];
  readonly waitingForSecond: number;
}

const mostLikeIds = 50;
const mostPreviewed = 50;
/** So many traces get at most what is said of one card. */
const mostPropagated = 10_000;
/** What there is to review is looked at anew at most so often. */
const freshMs = 1_000;
/** Putting a queue together may take a twentieth of the time. */
const restFactor = 20;
/** A queue that takes longer is put together while the one before is still shown. */
const promptMs = 250;
/** As long as so few traces are new, they are not searched for what is like others. */
const newShare = 0.05;

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

interface Held {
  readonly material: ReviewMaterial;
  readonly state: State;
  readonly builtAt: number;
  readonly tookMs: number;
}

interface State {
  readonly log: string;
  readonly run: string | null;
  readonly revision: number;
}

/** The review of one model. */
export class ModelDesk {
  readonly #modelId: string;
  readonly #record: ReviewRecord;
  readonly #ports: DeskPorts;
  readonly #findings: FindingsOf;
  readonly #claims = new Claims();
  #held: Held | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #building: Promise<Held> | null = null;
  #similar: Promise<SimilarTraces> | null = null;
  #threshold: { readonly of: ReviewMaterial; readonly fitted: Promise<PropagationThreshold> } | null = null;
  #working: Promise<unknown> = Promise.resolve();

  constructor(modelId: string, record: ReviewRecord, ports: DeskPorts, findings: FindingsOf) {
    this.#modelId = modelId;
    this.#record = record;
    this.#ports = ports;
    this.#findings = findings;
  }

  async queue(question: QueueQuestion): Promise<QueuePage> {
    const material = await this.#material();
    const { model, kind, cards } = material;
    const { reviewer, label, reason } = question;
    const open: Placed[] = [];
    const deferred: Placed[] = [];
    for (const [rank, card] of cards.entries()) {
      if (reason !== null && !card.why.some((why) => why.kind === reason)) continue;
      const members = this.#openMembers(card, material, reviewer);
      const [first] = members;
      if (first === undefined || (label !== null && !this.#isAbout(first, label, material))) continue;
      const isDeferred = reviewer !== null && this.#record.reviewed.hasDeferred(reviewer, first.traceId);
      (isDeferred ? deferred : open).push({ card, members, place: placeOf(isDeferred ? 1 : 0, rank) });
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
      cards: page.map((placed) => this.#view(placed, material)),
    };
  }

  claim(reviewer: string, cardIds: readonly string[]): ReturnType<Claims['take']> {
    return this.#claims.take(cardIds, reviewer, this.#ports.clock.now());
  }

  /** What goes with a correction of one trace. @throws RatchetError InvalidInput */
  async preview(traceId: string, written: unknown): Promise<Preview> {
    const material = await this.#material();
    const { items, kind, model } = material;
    const item = items.get(traceId);
    if (item === undefined) throw unknownTrace(traceId);
    const expected = outputFrom(written, model, kind);
    const problem = kind.problem(model.task, item.input, expected);
    if (problem !== null) throw new RatchetError('InvalidInput', `${problem.reason}.`, { mend: problem.mend });
    const similar = await this.#similarTraces(material);
    const near = [...items.values()].filter(
      (one) => one.group === item.group && one.traceId !== traceId && this.#people(one).length === 0,
    );
    const threshold = await this.#fitted(material);
    const found = this.#propagatesTo(item, similar, threshold, new Set([traceId]), material);
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
    await this.#look();
    return this.#record.reviewed
      .actions()
      .filter(({ action }) => reviewer === null || action.reviewer === reviewer)
      .toReversed()
      .slice(0, limit)
      .map(actionView);
  }

  async agreement(): Promise<Agreement> {
    const { items, kind, model } = await this.#material();
    const { reviewsWanted } = model.settings;
    const people = [...items.values()].map((item) => ({ output: item.output, judgements: this.#people(item) }));
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

  /** Enters it; what the queue goes by stays, since it knows of reviews apart. */
  async #enter(entry: Parameters<ReviewRecord['enter']>[0]): Promise<boolean> {
    const { traceLog } = this.#ports;
    const before = await traceLog.version(this.#modelId);
    const isEntered = await this.#record.enter(entry);
    if (this.#held?.state.log === before) {
      const log = await traceLog.version(this.#modelId);
      this.#held = { ...this.#held, state: { ...this.#held.state, log } };
    }
    return isEntered;
  }

  async #judge(
    actionId: string,
    { reviewer, kind: act, cards, expected: written, propagate }: ActionRequest,
  ): Promise<Pick<ReviewAction, 'expected' | 'judgements'>> {
    if (act === 'defer') return { expected: null, judgements: [] };
    const model = await this.#model();
    const kind = kindOf(model, this.#ports);
    const expected = act === 'correct' ? outputFrom(written, model, kind) : null;
    const traceIds = [...new Set(cards.flatMap((card) => card.traceIds))];
    const traces = await this.#read(traceIds, model, kind);
    const missing = traceIds.find((traceId) => !traces.has(traceId));
    if (missing !== undefined) throw unknownTrace(missing);
    const now = this.#ports.clock.now();
    const judged = traceIds.flatMap((traceId) => traces.get(traceId)?.trace ?? []);
    const own = judgementsBy({ actionId, reviewer, act, expected, now }, judged, model.task, kind);
    if (!propagate || act === 'reject') return { expected, judgements: own };
    const propagated = await this.#propagate(
      { actionId, reviewer, expected, now },
      cards,
      new Set(traceIds),
      model,
      kind,
    );
    return { expected, judgements: [...own, ...propagated] };
  }

  async #propagate(
    said: {
      readonly actionId: string;
      readonly reviewer: string;
      readonly expected: Output | null;
      readonly now: number;
    },
    cards: readonly JudgedCard[],
    own: ReadonlySet<string>,
    model: Model,
    kind: TaskKind,
  ): Promise<readonly Judgement[]> {
    const material = await this.#material();
    const [similar, threshold] = [await this.#similarTraces(material), await this.#fitted(material)];
    const nearest = new Map<string, { readonly right: Output; readonly similarity: number }>();
    for (const { traceIds } of cards) {
      const source = material.items.get(traceIds[0] ?? '');
      const right = said.expected ?? source?.output ?? null;
      if (source === undefined || right === null) continue;
      for (const { item, similarity } of this.#propagatesTo(source, similar, threshold, own, material)) {
        const before = nearest.get(item.traceId);
        if (before === undefined || before.similarity < similarity) nearest.set(item.traceId, { right, similarity });
      }
    }
    const targets = await this.#read([...nearest.keys()].slice(0, mostPropagated), model, kind);
    return [...targets.values()].flatMap(({ trace, standing }) => {
      const found = nearest.get(trace.traceId);
      // Somebody may have judged it since the queue was put together.
      if (found === undefined || standing.some(({ judge }) => judge.kind !== 'propagated')) return [];
      if (kind.problem(model.task, trace.input, found.right) !== null) return [];
      const { right: expected, similarity } = found;
      return [propagatedJudgement({ ...said, expected, similarity }, trace, kind)];
    });
  }

  /** Traces of the log, in the labels of today; `trace` with all judgements, also those taken back. */
  async #read(traceIds: readonly string[], model: Model, kind: TaskKind) {
    if (traceIds.length === 0) return new Map<string, ReturnType<typeof readOf>>();
    const reading = readingOf(model, this.#ports);
    const logged = await this.#ports.traceLog.read(this.#modelId, {
      limit: traceIds.length,
      traceIds,
      retracted: true,
    });
    return new Map(logged.map((one) => [one.trace.traceId, readOf(one, readThrough(one, kind, reading))]));
  }

  /** What nobody has judged and is like a trace, most similar first. */
  #propagatesTo(
    source: ReviewItem,
    similar: SimilarTraces,
    threshold: PropagationThreshold,
    own: ReadonlySet<string>,
    material: ReviewMaterial,
  ) {
    return similar.like(source.input, threshold, ({ traceId }) => {
      const item = material.items.get(traceId);
      return (
        item !== undefined &&
        !own.has(traceId) &&
        isUnjudged([...item.judgements, ...this.#record.reviewed.of(traceId)])
      );
    });
  }

  async #similarTraces(material: ReviewMaterial): Promise<SimilarTraces> {
    const { items } = material;
    const making = this.#similar;
    if (making !== null) {
      const known = await making;
      let fresh = 0;
      for (const traceId of items.keys()) if (!known.has(traceId)) fresh += 1;
      if (fresh <= known.size * newShare) return known;
      if (this.#similar !== making) return this.#similarTraces(material);
    }
    const made = SimilarTraces.of([...items.values()]);
    this.#similar = made;
    return made;
  }

  #fitted(material: ReviewMaterial): Promise<PropagationThreshold> {
    if (this.#threshold?.of === material) return this.#threshold.fitted;
    const { items, kind } = material;
    const rightOf = ({ traceId }: ReviewItem): Output | null => {
      const item = items.get(traceId);
      if (item === undefined || item.run?.suspect != null || item.run?.isPoison === true) return null;
      return item.counts.kind === 'counts' && item.counts.judgement.judge.kind !== 'propagated'
        ? (item.counts.judgement.expected ?? (item.counts.judgement.verdict === 'pass' ? item.output : null))
        : null;
    };
    const fitted = this.#similarTraces(material).then((similar) => similar.fit(rightOf, kind));
    this.#threshold = { of: material, fitted };
    return fitted;
  }

  /** What people say of a trace, all that stands. */
  #people({ traceId, judgements }: ReviewItem): readonly Judgement[] {
    return [...judgements, ...this.#record.reviewed.of(traceId)].filter(({ judge }) => judge.kind === 'human');
  }

  /** The traces of a card that a reviewer may still judge, the one that stands for the others first. */
  #openMembers(card: QueueCard, material: ReviewMaterial, reviewer: string | null): readonly ReviewItem[] {
    const { items, model } = material;
    const isRandom = card.why.some(({ kind }) => kind === 'random');
    return card.traceIds.flatMap((traceId) => {
      const item = items.get(traceId);
      if (item === undefined) return [];
      const own = this.#record.reviewed.of(traceId);
      const people = latestOfEach(this.#people(item));
      if (reviewer !== null && own.some(({ judge }) => judge.kind === 'human' && judge.id === reviewer)) return [];
      const here = new Set(own.flatMap(({ judge }) => (judge.kind === 'human' ? [judge.id] : [])));
      // A card of what people say is done when somebody has looked at it here; all others when enough people judged.
      const isOpen = isAboutPeople(card)
        ? here.size < model.settings.reviewsWanted
        : people.size < model.settings.reviewsWanted;
      const isPropagated = here.size === 0 && own.length > 0 && !isRandom;
      return isOpen && !isPropagated ? [item] : [];
    });
  }

  #isAbout(item: ReviewItem, label: string, { kind, model }: ReviewMaterial): boolean {
    const { expected } = this.#counted(item, kind, model);
    const outputs = [item.output, expected].filter((output) => output !== null);
    return outputs.some((output) => kind.facets(output).includes(label));
  }

  #counted(
    item: ReviewItem,
    kind: TaskKind,
    { task }: Model,
  ): { readonly verdict: Verdict | null; readonly expected: Output | null } {
    const own = this.#record.reviewed.of(item.traceId);
    const counts =
      own.length === 0
        ? item.counts
        : whatCounts({ trace: item, judgements: [...item.judgements, ...own] }, task, kind);
    if (counts.kind !== 'counts') return { verdict: null, expected: null };
    const { verdict, expected } = counts.judgement;
    return { verdict, expected: expected ?? (verdict === 'pass' ? item.output : null) };
  }

  #view({ card, members }: Placed, { kind, model }: ReviewMaterial): CardView {
    const [item, ...like] = members;
    if (item === undefined) throw new Error('a card has no open trace');
    const claim = this.#claims.of(card.cardId, this.#ports.clock.now());
    const judgements = [...item.judgements, ...this.#record.reviewed.of(item.traceId)];
    return {
      cardId: card.cardId,
      traceId: item.traceId,
      like: like.length,
      likeIds: like.slice(0, mostLikeIds).map(({ traceId }) => traceId),
      input: item.input,
      output: item.output,
      confidence: confidenceOf(item, kind),
      ...this.#counted(item, kind, model),
      judges: judgements.map(({ judge, verdict, expected = null }) => ({ ...judge, verdict, expected })),
      why: card.why,
      at: item.at,
      claim: claim === null ? null : { reviewer: claim.reviewer, until: new Date(claim.until).toISOString() },
      reviews: [...latestOfEach(this.#people(item)).values()].map(({ judge, verdict, expected = null, judgedAt }) => ({
        ...{ reviewer: judge.id, verdict, expected, at: judgedAt },
      })),
    };
  }

  async #model(): Promise<Model> {
    const model = await this.#ports.lineage.getModel(this.#modelId);
    if (model === undefined) throw await unknownModel(this.#modelId, this.#ports);
    return model;
  }

  async #look(): Promise<void> {
    const now = this.#ports.clock.now();
    if (now - this.#lookedAt < freshMs) return;
    this.#lookedAt = now;
    await this.#record.catchUp();
  }

  async #material(): Promise<ReviewMaterial> {
    const held = this.#held;
    const now = this.#ports.clock.now();
    if (held !== null && now - this.#lookedAt < freshMs) return held.material;
    await this.#look();
    if (this.#building !== null) return held?.material ?? (await this.#building).material;
    const model = await this.#model();
    const findings = await this.#findings(model);
    const state: State = {
      log: await this.#ports.traceLog.version(this.#modelId),
      run: findings?.runId ?? null,
      revision: model.revision,
    };
    if (held !== null && isSameState(held.state, state)) return held.material;
    if (held !== null && held.state.revision === state.revision && now - held.builtAt < restFactor * held.tookMs)
      return held.material;
    const building = this.#build(model, findings, state).finally(() => (this.#building = null));
    this.#building = building;
    if (held !== null && held.state.revision === state.revision && held.tookMs > promptMs) {
      building.catch(() => undefined);
      return held.material;
    }
    return (await building).material;
  }

  async #build(model: Model, findings: RunFindings | null, state: State): Promise<Held> {
    const before = this.#ports.clock.now();
    const material = await gatherMaterial(model, findings, this.#record.reviewed, this.#ports);
    const builtAt = this.#ports.clock.now();
    this.#held = { material, state, builtAt, tookMs: builtAt - before };
    return this.#held;
  }
}

interface Placed {
  readonly card: QueueCard;
  /** Open ones, the one that is shown first. */
  readonly members: readonly ReviewItem[];
  /** Sorts as the cards do. */
  readonly place: string;
}

function placeOf(section: number, rank: number): string {
  return `${section}-${String(rank).padStart(9, '0')}`;
}

function isSameState(a: State, b: State): boolean {
  return a.log === b.log && a.run === b.run && a.revision === b.revision;
}

function isAboutPeople({ why }: QueueCard): boolean {
  return why.some(({ kind }) => kind === 'disagreement');
}

function isUnjudged(judgements: readonly Judgement[]): boolean {
  return judgements.every(({ judge }) => judge.kind === 'propagated');
}

function readOf({ judgements }: Pick<ReadThrough, 'judgements'>, { trace: { traceId, input, output } }: ReadThrough) {
  return { trace: { traceId, input, output, judgements }, standing: standingJudgements(judgements) };
}

function outcomeOf({ actionId, act, cards, judgements }: ReviewAction): ActionOutcome {
  const propagated = judgements.filter(({ judge }) => judge.kind === 'propagated').length;
  return { actionId, judged: judgements.length - propagated, propagated, deferred: act === 'defer' ? cards.length : 0 };
}

function actionView({ action, undone }: KnownAction): ActionView {
  const { reviewer, act, cards, at, expected } = action;
  const { deferred: _, ...outcome } = outcomeOf(action);
  return { ...outcome, reviewer, kind: act, cards: cards.length, at, undone, expected };
}

function viewOfSimilar({ item, similarity }: { readonly item: ReviewItem; readonly similarity: number }): SimilarView {
  const { traceId, input, output } = item;
  return { traceId, input, output, similarity };
}

function reviewersOf(actions: readonly KnownAction[]): Agreement['reviewers'] {
  return [...Map.groupBy(actions, ({ action }) => action.reviewer)].map(([reviewer, own]) => {
    const standing = own.filter(({ undone }) => !undone).map(({ action }) => action);
    const judgedBy = (act: ReviewKind) =>
      standing.filter((action) => action.act === act).reduce((sum, action) => sum + outcomeOf(action).judged, 0);
    return {
      reviewer,
      judged: standing.reduce((sum, action) => sum + outcomeOf(action).judged, 0),
      corrected: judgedBy('correct'),
      accepted: judgedBy('accept'),
      deferred: standing.reduce((sum, action) => sum + outcomeOf(action).deferred, 0),
      undone: own.length - standing.length,
    };
  });
}

/** An output as a person wrote it. @throws RatchetError InvalidInput for one that the model does not know */
function outputFrom(written: unknown, { task }: Model, kind: TaskKind): Output {
  if (kind.read !== undefined) {
    const read = kind.read(task, written);
    if (read.kind === 'known') return read.output;
    if (read.kind === 'unusable') {
      throw new RatchetError('InvalidInput', `What is expected cannot be used: ${read.reason}.`, {
        mend: sentence(read.mend),
      });
    }
    const nearest = read.nearest === null ? '' : ` Did you mean ${JSON.stringify(kind.show(read.nearest))}?`;
    throw new RatchetError(
      'InvalidInput',
      `The model does not know ${JSON.stringify(kind.show(read.output).slice(0, 120))}.${nearest}`,
      {
        mend: `Use one of its ${kind.words.facets}, or add it: ratchet labels MODEL add NAME.`,
      },
    );
  }
  const parsed = kind.output.safeParse(written);
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', 'What is expected is no output of the model.', {
    mend: `Write it as ${kind.words.output}.`,
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function unknownTrace(traceId: string): RatchetError {
  return new RatchetError('InvalidInput', `There is no trace ${JSON.stringify(traceId.slice(0, 120))}.`, {
    mend: 'Take trace ids from the queue; one that was answered a moment ago comes in seconds.',
  });
}
