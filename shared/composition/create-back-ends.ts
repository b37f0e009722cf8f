import { createAgentsAnalyst } from '../adapters/analysts/agents/agents-analyst.ts';
import { createStatisticalAnalyst } from '../adapters/analysts/statistical/statistical-analyst.ts';
import { embeddedBackEnds } from '../adapters/backends/embedded/embedded-back-ends.ts';
import { createEndpointPredictors } from '../adapters/backends/endpoint/endpoint-predictors.ts';
import { gliner2OnnxFacts } from '../adapters/backends/gliner2-onnx/facts.ts';
import { localJobBackEnds } from '../adapters/backends/local-job/local-job-back-ends.ts';
import { nearestPredictorFacts, nearestTrainerFacts } from '../adapters/backends/nearest/facts.ts';
import { noTrainer } from '../adapters/backends/none/no-trainer.ts';
import { sagemakerBackEnds } from '../adapters/backends/sagemaker/sagemaker-back-ends.ts';
import { createLlmJudge } from '../adapters/judges/llm-judge.ts';
import { createRuleJudge } from '../adapters/judges/rule-judge.ts';
import type { BackEnds } from '../ports/back-ends.ts';
import type { Budgets } from '../ports/budgets.ts';
import type { ChatModel } from '../ports/chat-model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Predictor } from '../ports/predictor.ts';
import type { TraceQuery } from '../ports/trace-query.ts';
import type { Trainer } from '../ports/trainer.ts';
import { taskKinds } from '../tasks/task-kinds.ts';
import { readSagemakerConfiguration } from './read-sagemaker-configuration.ts';

export interface BackEndOptions {
  /** Where datasets are read and artifacts are read and written. */
  readonly objects: ObjectStore;
  /** A directory that keeps embeddings, and training jobs that are under way. */
  readonly cacheDirectory: string;
  readonly clock: Clock;
  /** Finds the chat model, when one is first needed; null where none is configured. */
  readonly chat: () => Promise<ChatModel | null>;
  /** What agents and judges of a run may use. */
  readonly budgets: Budgets;
  /** For agents; absent where traces cannot be queried. */
  readonly traceQuery?: TraceQuery;
  /** The file of the embedded back end's worker threads, where bundling has moved it. */
  readonly workerFile?: URL;
  /** Whether sentence encoders of one's own can be used; false by default, as functions and what they run cannot. */
  readonly ownEncoders?: boolean;
  /** Says which Python training jobs run with, and where else; that of this process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * All back ends there are, for laptop, functions and deployed stacks alike. What is heavy in one is loaded when it is
 * first used. Close them, or their worker threads keep the process alive.
 */
export function createBackEnds(options: BackEndOptions): {
  readonly backEnds: BackEnds;
  /** Forgets what back ends keep of texts beside datasets and artifacts. @returns how many were kept */
  forget(texts: readonly string[]): Promise<number>;
  /** Stops work that goes on outside this process, or in processes of its own; it can be gone on with. */
  abort(): Promise<void>;
  close(): Promise<void>;
} {
  const { cacheDirectory, env = process.env } = options;
  const embedded = embeddedBackEnds({
    ...options,
    encoders: options.ownEncoders === true ? { cacheDirectory, env } : null,
  });
  const local = localJobBackEnds(options);
  const sagemaker = readSagemakerConfiguration(env.RATCHET_SAGEMAKER);
  const remote = sagemaker === null ? null : sagemakerBackEnds({ objects: options.objects, configuration: sagemaker });
  const { objects, budgets, clock, traceQuery } = options;
  const nearest = once(async () =>
    (await import('../adapters/backends/nearest/nearest-back-end.ts')).createNearestBackEnd(objects),
  );
  const nearestTrainer: Trainer = {
    ...nearestTrainerFacts,
    start: async (...request) => (await nearest()).trainer.start(...request),
    advance: async (...request) => (await nearest()).trainer.advance(...request),
  };
  const nearestPredictor: Predictor = {
    ...nearestPredictorFacts,
    predict: async (...request) => (await nearest()).predictor.predict(...request),
  };
  const endpoints = createEndpointPredictors({ objects, env: options.env ?? process.env });
  const onnx = once(async () =>
    (await import('../adapters/backends/gliner2-onnx/gliner2-onnx-predictor.ts')).createGliner2OnnxPredictor({
      objects,
    }),
  );
  let closeOnnx = async (): Promise<void> => undefined;
  const onnxPredictor: Predictor = {
    ...gliner2OnnxFacts,
    predict: async (...request) => {
      const predictor = await onnx();
      closeOnnx = () => predictor.close();
      return predictor.predict(...request);
    },
  };
  const chat = once(options.chat);
  const statistical = createStatisticalAnalyst({ tasks: taskKinds });
  const agents = createAgentsAnalyst({ tasks: taskKinds, statistical, chat, objects, budgets, clock, traceQuery });
  const asking = { tasks: taskKinds, objects, budgets, clock, chat };
  const judges = [
    createRuleJudge({ tasks: taskKinds }),
    createLlmJudge({ ...asking, name: 'llm', votes: 1 }),
    createLlmJudge({ ...asking, name: 'committee', votes: 3 }),
  ];
  return {
    backEnds: {
      trainers: new Map(
        [...embedded.trainers, nearestTrainer, ...local.trainers, ...(remote?.trainers ?? []), noTrainer].map(
          (trainer) => [trainer.name, trainer],
        ),
      ),
      predictors: new Map(
        [...embedded.predictors, nearestPredictor, ...local.predictors, onnxPredictor, ...endpoints].map(
          (predictor) => [predictor.name, predictor],
        ),
      ),
      analysts: new Map([statistical, agents].map((analyst) => [analyst.name, analyst])),
      judges: new Map(judges.map((judge) => [judge.name, judge])),
    },
    forget: async (texts) => (await embedded.forget(texts)) + (await local.forget(texts)),
    abort: async () => {
      await Promise.all([local.close(), remote?.abort()]);
    },
    close: async () => {
      await Promise.all([embedded.close(), local.close(), closeOnnx()]);
    },
  };
}

/** Looks for it once; what went wrong is tried again. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let finding: Promise<T> | undefined;
  return () => {
    finding ??= find().catch((error: unknown) => {
      finding = undefined;
      throw error;
    });
    return finding;
  };
}
