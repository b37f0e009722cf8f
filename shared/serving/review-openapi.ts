import { z } from 'zod';
import {
  reviewActionRequestSchema,
  reviewActionResponseSchema,
  reviewActionsQuerySchema,
  reviewActionsSchema,
  reviewAgreementSchema,
  reviewClaimRequestSchema,
  reviewClaimResponseSchema,
  reviewPreviewRequestSchema,
  reviewPreviewResponseSchema,
  reviewQueueQuerySchema,
  reviewQueueSchema,
  reviewUndoRequestSchema,
  reviewUndoResponseSchema,
} from './review-messages.ts';

/** Messages of the review, by the names that the description of the interface gives them. */
export const reviewSchemas = {
  ReviewQueue: reviewQueueSchema,
  ReviewClaimRequest: reviewClaimRequestSchema,
  ReviewClaimResponse: reviewClaimResponseSchema,
  ReviewPreviewRequest: reviewPreviewRequestSchema,
  ReviewPreview: reviewPreviewResponseSchema,
  ReviewActionRequest: reviewActionRequestSchema,
  ReviewActionResponse: reviewActionResponseSchema,
  ReviewUndoRequest: reviewUndoRequestSchema,
  ReviewUndoResponse: reviewUndoResponseSchema,
  ReviewActions: reviewActionsSchema,
  ReviewAgreement: reviewAgreementSchema,
} as const;
type Name = keyof typeof reviewSchemas;

/** How the description of the interface writes its parts. */
interface Writing {
  readonly model: object;
  content(name: Name): object;
  answer(description: string, name: Name): object;
  readonly problems: object;
}

/** What the review takes and answers, in OpenAPI 3.1. */
export function reviewPaths({ model, content, answer, problems }: Writing) {
  const asked = (schema: typeof reviewQueueQuerySchema | typeof reviewActionsQuerySchema) =>
    Object.entries(schema.shape).map(([name, field]) => ({
      name,
      in: 'query',
      required: false,
      schema: schemaOf(field),
    }));
  const get = (operationId: string, summary: string, name: Name, query: readonly object[] = []) => ({
    get: {
      operationId,
      summary,
      parameters: [model, ...query],
      responses: { 200: answer(summary, name), ...problems },
    },
  });
  const post = (operationId: string, summary: string, request: Name, response: Name) => ({
    operationId,
    summary,
    parameters: [model],
    requestBody: { required: true, ...content(request) },
    responses: { 200: answer(summary, response), ...problems },
  });
  const path = '/v1/models/{model}/review';
  return {
    [`${path}/queue`]: get(
      'reviewQueue',
      'What a person should look at, in order.',
      'ReviewQueue',
      asked(reviewQueueQuerySchema),
    ),
    [`${path}/claims`]: {
      post: post(
        'claimCards',
        'Keeps cards for one reviewer for ten minutes.',
        'ReviewClaimRequest',
        'ReviewClaimResponse',
      ),
    },
    [`${path}/preview`]: {
      post: post(
        'previewCorrection',
        'What goes with a correction of one trace.',
        'ReviewPreviewRequest',
        'ReviewPreview',
      ),
    },
    [`${path}/actions`]: {
      ...get('reviewActions', 'What reviewers did, newest first.', 'ReviewActions', asked(reviewActionsQuerySchema)),
      post: post('review', 'What a reviewer says of cards.', 'ReviewActionRequest', 'ReviewActionResponse'),
    },
    [`${path}/undo`]: {
      post: post(
        'undoReview',
        'Takes one action back, with all that came of it.',
        'ReviewUndoRequest',
        'ReviewUndoResponse',
      ),
    },
    [`${path}/agreement`]: get('reviewAgreement', 'How well reviewers agree, and who did what.', 'ReviewAgreement'),
  };
}

function schemaOf(field: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(field, { unrepresentable: 'any', io: 'output' });
  return rest;
}
