import { setTimeout as pause } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Output } from '../../../domain/base/output.ts';
import type { TaskSpec } from '../../../domain/base/task-spec.ts';
import type { Served } from '../../../domain/models/served.ts';
import { readEndpoint } from '../../../ports/endpoints.ts';
import { InputFault } from '../../../ports/input-fault.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Prediction, Predictor } from '../../../ports/predictor.ts';
import { taskKinds } from '../../../tasks/task-kinds.ts';
import { awsErrorName, awsFailure } from '../../aws/aws-failure.ts';
import { S3ObjectStore } from '../../aws/s3-object-store.ts';
import { inParallel } from '../../local/in-parallel.ts';
import { jobErrorSchema } from '../jobs/job-schema.ts';
import { asynchronousAnswer } from './asynchronous-answer.ts';
import { chunksOf } from './chunks.ts';
import { endpointFault } from './endpoint-fault.ts';
import { type SagemakerEndpoint, sagemakerEndpointSchema } from './sagemaker-options.ts';

/** SageMaker takes 6 MB a request; this leaves room for what stands around the texts. */
const mostBytes = 5 * 1024 * 1024;

/** Alternatives where nobody says how many, and the most that a container is asked for. */
const usualAlternatives = 2;
const mostAlternatives = 1_000;

/** Before an answer that broke off is asked for again, milliseconds; twice as long each time. */
const firstPause = 250;

const outputShape = { output: z.json(), confidence: z.number().min(0).max(1) };
const answerSchema = z.object({
  predictions: z.array(z.object({ ...outputShape, alternatives: z.array(z.object(outputShape)).default([]) })),
});
type Answered = z.infer<typeof answerSchema>['predictions'][number];

const faultSchema = z.object({ error: jobErrorSchema });

interface Asked {
  readonly options: SagemakerEndpoint;
  readonly task: TaskSpec;
  /** The body of the answer to a body. */
  call(body: string, abortSignal: AbortSignal): Promise<string>;
}

const noAnswer: Prediction = { output: null, confidence: 0, alternatives: [] };

/**
 * Asks a model behind an endpoint of SageMaker: real-time, serverless or asynchronous. What it answers is held to the task: what is no
 * output of it is no answer.
 */
export function createSagemakerPredictor({ objects }: { readonly objects: ObjectStore }): Pick<Predictor, 'predict'> {
  const known = new Map<string, Promise<Asked>>();
  const asked = ({ ref }: Served): Promise<Asked> => {
    const found = known.get(ref) ?? open(ref, objects);
    known.set(ref, found);
    found.catch(() => known.delete(ref));
    return found;
  };
  return {
    async predict(served, inputs, { alternatives = usualAlternatives, onProgress } = {}) {
      const endpoint = await asked(served);
      const texts = [...new Set(inputs)].filter((input) => input.trim() !== '');
      const chunks = chunksOf(texts, { count: endpoint.options.batch, bytes: mostBytes, sizeOf: writtenBytes });
      const answers = new Map<string, Prediction>();
      // Where one request has failed for good, nobody waits for the others.
      const stop = new AbortController();
      await inParallel(chunks, endpoint.options.concurrency, async (chunk) => {
        try {
          const given = await ask(chunk, Math.min(alternatives, mostAlternatives), endpoint, stop.signal);
          chunk.forEach((input, at) => {
            answers.set(input, toPrediction(input, given[at], endpoint.task));
          });
        } catch (error) {
          stop.abort();
          if (!(error instanceof InputFault)) throw error;
          throw new InputFault(
            error,
            error.places.map((at) => inputs.indexOf(chunk[at] ?? '')),
          );
        }
        onProgress?.(Math.floor((answers.size / texts.length) * inputs.length), inputs.length);
      });
      if (texts.length === 0) onProgress?.(inputs.length, inputs.length);
      return inputs.map((input) => answers.get(input) ?? noAnswer);
    },
  };
}

async function open(ref: string, objects: ObjectStore): Promise<Asked> {
  const { task, options: given } = await readEndpoint(ref, objects);
  const options = sagemakerEndpointSchema.parse(given);
  const { region, url, retries, timeoutSeconds, requests } = options;
  const common = {
    ...(region === null ? {} : { region }),
    ...(url === null ? {} : { endpoint: url }),
    maxAttempts: retries + 1,
    requestHandler: { requestTimeout: timeoutSeconds * 1_000, throwOnRequestTimeout: true },
  };
  const runtime = new SageMakerRuntimeClient(common);
  if (requests === null) return { options, task, call: (body, signal) => answerAtOnce(body, runtime, options, signal) };
  // An address of one's own seldom has a host name for each bucket.
  const client = new S3Client({ ...common, forcePathStyle: url !== null });
  const bucket = (name: string) => new S3ObjectStore({ client, bucket: name });
  return {
    options,
    task,
    call: (body, signal) => asynchronousAnswer(body, { runtime, options, requests, bucket }, signal),
  };
}

async function answerAtOnce(
  body: string,
  runtime: SageMakerRuntimeClient,
  { name, retries }: SagemakerEndpoint,
  abortSignal: AbortSignal,
): Promise<string> {
  const json = 'application/json';
  const request = { EndpointName: name, ContentType: json, Accept: json, Body: body };
  for (let tried = 0; ; tried += 1) {
    const { Body } = await runtime.send(new InvokeEndpointCommand(request), { abortSignal });
    // An empty body comes as none, whatever its type says.
    const text = Body?.transformToString() ?? '';
    if (!breaksOff(text)) return text;
    if (tried === retries)
      throw endpointFault('EndpointUnavailable', name, `its answer breaks off: ${text}`, undefined);
    await pause(firstPause * 2 ** tried, undefined, { signal: abortSignal });
  }
}

/** Whether a text is empty, or begins as JSON and is none. */
function breaksOff(text: string): boolean {
  return /^\s*([{[]|$)/.test(text) && parsed(text) === undefined;
}

function writtenBytes(input: string): number {
  return Buffer.byteLength(JSON.stringify(input)) + 1;
}

async function ask(
  inputs: readonly string[],
  alternatives: number,
  { call, options }: Asked,
  abortSignal: AbortSignal,
): Promise<readonly Answered[]> {
  const text = await call(JSON.stringify({ inputs, alternatives }), abortSignal).catch((error: unknown) => {
    const fault = faultOf(error, options);
    const isOfInputs = fault.name === 'EndpointRefused' && (error === fault || error instanceof ModelError);
    throw isOfInputs ? new InputFault(fault, [...inputs.keys()]) : fault;
  });
  const read = answerSchema.safeParse(parsed(text));
  if (read.success && read.data.predictions.length === inputs.length) return read.data.predictions;
  const said = `it does not answer {"inputs": […]} with a prediction for each (docs/back-ends.md): ${text.slice(0, 200)}`;
  throw endpointFault('EndpointRefused', options.name, said, read.error);
}

function toPrediction(input: string, answered: Answered | undefined, task: TaskSpec): Prediction {
  const output = answered === undefined ? null : outputOf(input, answered.output, task);
  if (answered === undefined || output === null) return noAnswer;
  const { confidence } = answered;
  const alternatives = answered.alternatives.flatMap((one) => {
    const other = outputOf(input, one.output, task);
    return other === null ? [] : [{ output: other, confidence: one.confidence }];
  });
  return { output, confidence, alternatives: alternatives.length === 0 ? [{ output, confidence }] : alternatives };
}

/** The output of the task that an answer is; null where it is none. */
function outputOf(input: string, given: unknown, task: TaskSpec): Output | null {
  const kind = taskKinds.get(task.kind);
  if (kind === undefined || given === null) return null;
  const read = kind.output.safeParse(given);
  return read.success && kind.problem(task, input, read.data) === null ? read.data : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the container says of itself, or SageMaker of the endpoint. */
function faultOf(error: unknown, { name, requests }: SagemakerEndpoint): RatchetError {
  if (error instanceof RatchetError) return error;
  const resource = `the endpoint ${name} of SageMaker`;
  const permission = requests === null ? 'sagemaker:InvokeEndpoint' : 'sagemaker:InvokeEndpointAsync';
  const aws = awsFailure({ action: 'ask', resource, permission }, error);
  if (aws.name === 'AccessDenied') return aws;
  if (error instanceof ModelError) {
    const told = faultSchema.safeParse(parsed(error.OriginalMessage ?? '')).data?.error;
    const said = told === undefined ? (error.OriginalMessage ?? error.message) : `${told.message} ${told.mend}`;
    const comesBack = (error.OriginalStatusCode ?? 500) >= 500;
    return endpointFault(comesBack ? 'EndpointUnavailable' : 'EndpointRefused', name, said, error);
  }
  const said = error instanceof Error ? error.message : String(error);
  const isRefused = ['ValidationError', 'ValidationException'].includes(awsErrorName(error));
  return endpointFault(isRefused ? 'EndpointRefused' : 'EndpointUnavailable', name, said, error);
}
