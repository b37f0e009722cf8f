import { z } from 'zod';
import packageDescription from '../../package.json' with { type: 'json' };
import { consolePaths, consoleSchemas } from './console/openapi-paths.ts';
import {
  calibrationResponseSchema,
  callerSchema,
  feedbackRequestSchema,
  feedbackResponseSchema,
  healthSchema,
  modelListSchema,
  predictionRequestSchema,
  predictionResponseSchema,
  problemSchema,
} from './messages.ts';
import { reviewPaths, reviewSchemas } from './review-openapi.ts';

const schemas = {
  PredictionRequest: predictionRequestSchema,
  PredictionResponse: predictionResponseSchema,
  FeedbackRequest: feedbackRequestSchema,
  FeedbackResponse: feedbackResponseSchema,
  ModelList: modelListSchema,
  Caller: callerSchema,
  Calibration: calibrationResponseSchema,
  Health: healthSchema,
  Problem: problemSchema,
  ...consoleSchemas,
  ...reviewSchemas,
} as const;
type SchemaName = keyof typeof schemas;

const model = {
  name: 'model',
  in: 'path',
  required: true,
  description: 'name of the model',
  schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$' },
};

function content(name: SchemaName, type = 'application/json') {
  return { content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } } };
}

function answer(description: string, name: SchemaName) {
  return { description, ...content(name) };
}

function problems(...statuses: readonly (readonly [number, string])[]) {
  return Object.fromEntries(
    statuses.map(([status, description]) => [
      status,
      { description, ...content('Problem', 'application/problem+json') },
    ]),
  );
}

const usual = [
  [400, 'The request cannot be used; the detail says why.'],
  [401, 'The token is missing or wrong.'],
  [403, 'The model is not yours to use, the token has no right to this, or it signs as somebody else.'],
  [404, 'There is no such model.'],
  [413, 'The body is too large.'],
  [502, 'The endpoint that the model is at does not answer, or refuses what it is asked.'],
  [503, 'Too much to do, or nothing can be stored: come again.'],
] as const;

/** The interface of the server in OpenAPI 3.1, its schemas those that requests and answers are checked by. */
export function openApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ratchet',
      version: packageDescription.version,
      description: 'Answers of the champions, kept as traces, and what people and judges say of them.',
      license: { name: packageDescription.license, identifier: packageDescription.license },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    paths: {
      '/v1/models': {
        get: {
          operationId: 'listModels',
          summary: 'All models, and what answers for them.',
          responses: { 200: answer('All models.', 'ModelList'), ...problems([401, 'The token is missing or wrong.']) },
        },
      },
      '/v1/caller': {
        get: {
          operationId: 'whoAsks',
          summary: 'Who asks, as the server knows them.',
          responses: { 200: answer('Who asks.', 'Caller'), ...problems([401, 'The token is missing or wrong.']) },
        },
      },
      '/v1/models/{model}/predictions': {
        post: {
          operationId: 'predict',
          summary: 'Answers one input or several with the champion, and keeps the answers as traces.',
          parameters: [model],
          requestBody: { required: true, ...content('PredictionRequest') },
          responses: {
            200: answer('The answers.', 'PredictionResponse'),
            ...problems(...usual, [409, 'The model has no champion yet.']),
          },
        },
      },
      '/v1/models/{model}/feedback': {
        post: {
          operationId: 'judge',
          summary: 'Judges answers by their trace ids.',
          parameters: [model],
          requestBody: { required: true, ...content('FeedbackRequest') },
          responses: { 202: answer('They are kept.', 'FeedbackResponse'), ...problems(...usual) },
        },
      },
      ...consolePaths,
      ...reviewPaths({ model, content, answer, problems: problems(...usual) }),
      '/v1/models/{model}/calibration': {
        get: {
          operationId: 'calibration',
          summary: 'How often answers are right that are given with so much confidence, by label and over runs.',
          parameters: [model],
          responses: {
            200: answer('The figures.', 'Calibration'),
            ...problems(
              [401, 'The token is missing or wrong.'],
              [404, 'There is no such model.'],
              [409, 'The model has no champion yet.'],
            ),
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Whether the server takes requests.',
          security: [{}],
          responses: { 200: answer('It does.', 'Health'), 503: answer('It is stopping.', 'Health') },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, jsonSchemaOf(schema)])),
    },
  };
}

function jsonSchemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return rest;
}
