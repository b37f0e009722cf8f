import { type Context, Hono } from 'hono';
import { RatchetError } from '../domain/base/errors.ts';
import type { ReviewDesk } from '../operations/review/review-desk.ts';
import type { CardView } from '../operations/review/review-views.ts';
import { note } from './audit.ts';
import { refusal } from './problems.ts';
import { read, readQuery, told } from './requests.ts';
import {
  type ReviewActionResponse,
  type ReviewActions,
  type ReviewAgreement,
  type ReviewCard,
  type ReviewClaimResponse,
  type ReviewPreview,
  type ReviewQueue,
  type ReviewUndoResponse,
  reviewActionRequestSchema,
  reviewActionsQuerySchema,
  reviewClaimRequestSchema,
  reviewPreviewRequestSchema,
  reviewQueueQuerySchema,
  reviewUndoRequestSchema,
} from './review-messages.ts';
import type { ServedModels } from './served-models.ts';
import { foreignSignature } from './signatures.ts';

/** Outputs that are suggested for a card. */
const mostSuggestions = 5;

/** The review of a model: its queue, what people say of it, and what they take back. */
export function reviewRoutes(desk: ReviewDesk, models: Pick<ServedModels, 'get'>) {
  const app = new Hono();
  const deskOf = (context: Context) => desk.of(context.req.param('model') ?? '');

  app.get('/queue', async (context) => {
    const query = readQuery(context, reviewQueueQuerySchema);
    if (!query.ok) return told(context, query.problem);
    const { reviewer = null, limit, after = null, label = null, reason = null } = query.value;
    const page = await (await deskOf(context)).queue({ reviewer, limit, after, label, reason });
    const cards = await withSuggestions(page.cards, context.req.param('model') ?? '', models);
    return context.json({ ...page, labels: [...page.labels], cards } satisfies ReviewQueue);
  });

  app.post('/claims', async (context) => {
    const body = await read(context, () => reviewClaimRequestSchema);
    if (!body.ok) return told(context, body.problem);
    const foreign = foreignSignature(context, [body.value.reviewer]);
    if (foreign !== null) return told(context, foreign);
    const { claimed, held } = (await deskOf(context)).claim(body.value.reviewer, body.value.cardIds);
    return context.json({
      claimed: [...claimed],
      held: held.map(({ until, ...one }) => ({ ...one, until: new Date(until).toISOString() })),
    } satisfies ReviewClaimResponse);
  });

  app.post('/preview', async (context) => {
    const body = await read(context, () => reviewPreviewRequestSchema);
    if (!body.ok) return told(context, body.problem);
    const { like, propagated, ...rest } = await (await deskOf(context)).preview(
      body.value.traceId,
      body.value.expected,
    );
    return context.json({ ...rest, like: [...like], propagated: [...propagated] } satisfies ReviewPreview);
  });

  app.post('/actions', async (context) => {
    const body = await read(context, () => reviewActionRequestSchema);
    if (!body.ok) return told(context, body.problem);
    const foreign = foreignSignature(context, [body.value.reviewer]);
    if (foreign !== null) return told(context, foreign);
    const done = await (await deskOf(context)).act(body.value);
    entered(context, 'review', body.value.reviewer, done.judged + done.propagated, done.actionId);
    return context.json(done satisfies ReviewActionResponse);
  });

  app.get('/actions', async (context) => {
    const query = readQuery(context, reviewActionsQuerySchema);
    if (!query.ok) return told(context, query.problem);
    const actions = await (await deskOf(context)).actions(query.value.reviewer ?? null, query.value.limit);
    return context.json({ actions: [...actions] } satisfies ReviewActions);
  });

  app.post('/undo', async (context) => {
    const body = await read(context, () => reviewUndoRequestSchema);
    if (!body.ok) return told(context, body.problem);
    const foreign = foreignSignature(context, [body.value.reviewer]);
    if (foreign !== null) return told(context, foreign);
    const undone = await (await deskOf(context)).undo(body.value.reviewer, body.value.actionId ?? null);
    if (undone === null) return told(context, nothingToUndo);
    entered(context, 'undo', body.value.reviewer, undone.judgements, undone.actionId);
    return context.json({ ...undone, cards: [...undone.cards] } satisfies ReviewUndoResponse);
  });

  app.get('/agreement', async (context) => {
    const { pairs, reviewers, ...rest } = await (await deskOf(context)).agreement();
    return context.json({ ...rest, pairs: [...pairs], reviewers: [...reviewers] } satisfies ReviewAgreement);
  });

  return app;
}

function entered(context: Context, action: 'review' | 'undo', reviewer: string, count: number, id: string): void {
  note(context, { action, model: context.req.param('model') ?? '', signed: [reviewer], count, id });
}

const nothingToUndo = refusal(
  404,
  'NothingToUndo',
  'The reviewer has done nothing that is not undone.',
  'Who did an action undoes it; GET actions lists them.',
);

/** What the champion would answer; nothing where there is none. */
async function withSuggestions(
  cards: readonly CardView[],
  modelId: string,
  models: Pick<ServedModels, 'get'>,
): Promise<ReviewCard[]> {
  const texts = [...new Set(cards.map(({ input }) => input))].filter((input) => input.trim() !== '');
  const found = texts.length === 0 ? [] : await suggestionsFor(texts, modelId, models);
  const byText = new Map(texts.map((input, at) => [input, found[at] ?? []]));
  return cards.map((card) => ({
    ...card,
    likeIds: [...card.likeIds],
    judges: [...card.judges],
    why: [...card.why],
    reviews: [...card.reviews],
    suggestions: byText.get(card.input) ?? [],
  }));
}

async function suggestionsFor(
  inputs: readonly string[],
  modelId: string,
  models: Pick<ServedModels, 'get'>,
): Promise<readonly ReviewCard['suggestions'][]> {
  try {
    const { answers } = await models.get(modelId);
    const predictions = await answers.ask(inputs, mostSuggestions);
    return predictions.map(({ alternatives }) =>
      alternatives.slice(0, mostSuggestions).map(({ output, confidence }) => ({ output, share: confidence })),
    );
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'NoChampion') return [];
    throw error;
  }
}
