import { transcriptSchema } from '../../operations/transcript.ts';
import {
  clustersSchema,
  createdModelSchema,
  createNamedSchema,
  labelClusterSchema,
  labelledClusterSchema,
  toNameSchema,
} from './cluster-messages.ts';
import {
  costsSchema,
  curriculumSchema,
  datasetListSchema,
  driftMessageSchema,
  failuresSchema,
  lineageSchema,
  loopGraphSchema,
  modelDetailSchema,
  modelOverviewsSchema,
  runDetailSchema,
  runListSchema,
  runProgressSchema,
  sinceSchema,
  startedRunSchema,
  startRunSchema,
  transcriptListSchema,
} from './messages.ts';

/** Schemas of the console's interface, by the names that its description gives them. */
export const consoleSchemas = {
  ModelOverviews: modelOverviewsSchema,
  ModelDetail: modelDetailSchema,
  SincePromotion: sinceSchema,
  Drift: driftMessageSchema,
  LoopGraph: loopGraphSchema,
  RunList: runListSchema,
  StartRun: startRunSchema,
  StartedRun: startedRunSchema,
  RunDetail: runDetailSchema,
  RunProgress: runProgressSchema,
  Failures: failuresSchema,
  DatasetList: datasetListSchema,
  Curriculum: curriculumSchema,
  Lineage: lineageSchema,
  Costs: costsSchema,
  TranscriptList: transcriptListSchema,
  Transcript: transcriptSchema,
  ToName: toNameSchema,
  Clusters: clustersSchema,
  LabelCluster: labelClusterSchema,
  LabelledCluster: labelledClusterSchema,
  CreateNamed: createNamedSchema,
  CreatedModel: createdModelSchema,
} as const;
type Name = keyof typeof consoleSchemas;

const text = { type: 'string' };

function parameter(name: string, where: 'path' | 'query', schema: object = text, description = '') {
  return {
    name,
    in: where,
    required: where === 'path',
    schema,
    ...(description === '' ? {} : { description }),
  };
}

const model = parameter('model', 'path', text, 'name of the model');
const run = parameter('run', 'path', text, 'name of the run');

interface Reading {
  readonly operationId: string;
  readonly summary: string;
  readonly schema: Name;
  readonly parameters?: readonly object[];
}

function content(schema: string, type = 'application/json') {
  return { content: { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

function problems(...told: readonly (readonly [number, string])[]) {
  return Object.fromEntries(
    told.map(([status, description]) => [status, { description, ...content('Problem', 'application/problem+json') }]),
  );
}

const notThere = [
  [401, 'The token is missing or wrong.'],
  [404, 'There is no such model, or no such run of it.'],
] as const;

function reading({ operationId, summary, schema, parameters = [] }: Reading) {
  return {
    operationId,
    summary,
    parameters: [...parameters],
    responses: { 200: { description: 'As it is now.', ...content(schema) }, ...problems(...notThere) },
  };
}

/** What the console reads and does, as paths of the interface's description. */
export const consolePaths = {
  '/v1/overview': {
    get: reading({ operationId: 'overviewOfAll', summary: 'All models at a glance.', schema: 'ModelOverviews' }),
  },
  '/v1/loop': {
    get: reading({ operationId: 'loop', summary: 'The stages of the loop as a graph.', schema: 'LoopGraph' }),
  },
  '/v1/clusters': {
    get: reading({
      operationId: 'clustersToName',
      summary: 'Models to be, whose texts wait in clusters to be named.',
      schema: 'ToName',
    }),
  },
  '/v1/models/{model}/clusters': {
    get: reading({
      operationId: 'clusters',
      summary: 'Clusters of texts that nobody has labelled, and what people call them.',
      schema: 'Clusters',
      parameters: [model],
    }),
    post: {
      operationId: 'labelCluster',
      summary: 'Names a cluster, or leaves it out.',
      parameters: [model],
      requestBody: { required: true, ...content('LabelCluster') },
      responses: {
        200: { description: 'It is kept.', ...content('LabelledCluster') },
        ...problems([400, 'There is no such cluster, or others were offered since.'], ...notThere),
      },
    },
  },
  '/v1/models/{model}/creation': {
    post: {
      operationId: 'createNamed',
      summary:
        'Creates the model of the clusters that have a label, and trains its first checkpoint before it answers.',
      parameters: [model],
      requestBody: { required: true, ...content('CreateNamed') },
      responses: {
        201: { description: 'It is there.', ...content('CreatedModel') },
        ...problems([400, 'It cannot be created; the detail says why.'], ...notThere, [409, 'It is being created.']),
      },
    },
  },
  '/v1/models/{model}/overview': {
    get: reading({
      operationId: 'overview',
      summary: 'A model with its traffic over time, and what its next run lacks.',
      schema: 'ModelDetail',
      parameters: [model],
    }),
  },
  '/v1/models/{model}/drift': {
    get: reading({
      operationId: 'drift',
      summary: 'Whether the traffic has changed since the champion began.',
      schema: 'Drift',
      parameters: [model],
    }),
  },
  '/v1/models/{model}/since': {
    get: reading({
      operationId: 'sincePromotion',
      summary: 'The champion beside its predecessor on judged traces that neither has seen.',
      schema: 'SincePromotion',
      parameters: [model],
    }),
  },
  '/v1/models/{model}/runs': {
    get: reading({ operationId: 'runs', summary: 'All runs of a model.', schema: 'RunList', parameters: [model] }),
    post: {
      operationId: 'startRun',
      summary: 'Starts a run in the background; one that was broken off goes on.',
      parameters: [model],
      requestBody: { required: true, ...content('StartRun') },
      responses: {
        202: { description: 'It has begun.', ...content('StartedRun') },
        ...problems([400, 'The request cannot be used, or no run can be started here.'], ...notThere, [
          409,
          'A run is under way, or the model has no champion yet.',
        ]),
      },
    },
  },
  '/v1/models/{model}/runs/{run}': {
    get: reading({
      operationId: 'run',
      summary: 'What a run decided, and by what evidence.',
      schema: 'RunDetail',
      parameters: [model, run],
    }),
  },
  '/v1/models/{model}/runs/{run}/progress': {
    get: reading({
      operationId: 'runProgress',
      summary: 'How far a run is, stage by stage.',
      schema: 'RunProgress',
      parameters: [model, run],
    }),
  },
  '/v1/models/{model}/runs/{run}/transcripts': {
    get: reading({
      operationId: 'transcripts',
      summary: 'The agents of a run, and how each came out.',
      schema: 'TranscriptList',
      parameters: [model, run],
    }),
  },
  '/v1/models/{model}/runs/{run}/transcripts/{agent}': {
    get: reading({
      operationId: 'transcript',
      summary: 'What an agent said, did and proposed, turn by turn.',
      schema: 'Transcript',
      parameters: [model, run, parameter('agent', 'path', text, 'its id, or the folder of its files')],
    }),
  },
  '/v1/models/{model}/failures': {
    get: reading({
      operationId: 'failures',
      summary: 'Clusters of failures, each known again over the runs.',
      schema: 'Failures',
      parameters: [model],
    }),
  },
  '/v1/models/{model}/datasets': {
    get: reading({
      operationId: 'datasets',
      summary: 'All training sets.',
      schema: 'DatasetList',
      parameters: [model],
    }),
  },
  '/v1/models/{model}/datasets/{dataset}/examples': {
    get: reading({
      operationId: 'examples',
      summary: 'Examples of a training set with their provenance, a page of them.',
      schema: 'Curriculum',
      parameters: [
        model,
        parameter('dataset', 'path'),
        parameter('slice', 'query', { enum: ['gold', 'hard-negative', 'replay'] }),
        parameter('from', 'query', { enum: ['trace', 'parent', 'file', 'probe', 'synthesis'] }),
        parameter('text', 'query', { type: 'string', maxLength: 200 }, 'what input, output or provenance must hold'),
        parameter('after', 'query', { type: 'integer', minimum: 0 }, '`next` of the page before'),
        parameter('limit', 'query', { type: 'integer', minimum: 1, maximum: 500 }),
      ],
    }),
  },
  '/v1/models/{model}/lineage': {
    get: reading({
      operationId: 'lineage',
      summary: 'Checkpoints with their scores, and every move of the champion.',
      schema: 'Lineage',
      parameters: [model],
    }),
  },
  '/v1/models/{model}/costs': {
    get: reading({
      operationId: 'costs',
      summary: 'Time by stage, and tokens and dollars by role, of the newest runs.',
      schema: 'Costs',
      parameters: [model],
    }),
  },
};
