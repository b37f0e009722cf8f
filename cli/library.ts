/**
 * Ratchet as a library: what `ratchet create`, `ingest`, `run` and `predict` do in a workspace, for programs.
 *
 * @example
 * ```ts
 * const workspace = await openWorkspace('.ratchet', { create: true });
 * await workspace.createModel('spam-filter', { examples: 'labelled.jsonl' });
 * await workspace.ingest('spam-filter', ['traces.jsonl']);
 * const { decision } = await workspace.run('spam-filter');
 * const [answer] = await workspace.predict('spam-filter', ['Win a prize now!!!']);
 * await workspace.close();
 * ```
 * @module
 */
import { Readable } from 'node:stream';
import { RatchetError } from '../shared/domain/base/errors.ts';
import { fileOptions } from '../shared/intake/drop-options.ts';
import type { IngestResult } from '../shared/intake/ingest-result.ts';
import { ingestTraces } from '../shared/intake/ingest-traces.ts';
import type { RunResult } from '../shared/loop/state/run-result.ts';
import { chooseCheckpoint } from '../shared/operations/choose-checkpoint.ts';
import { type CreateResult, createModel } from '../shared/operations/create-model.ts';
import { type ListedModel, listModels } from '../shared/operations/list-models.ts';
import { whichModel } from '../shared/operations/which-model.ts';
import { answersToday, answerToday } from '../shared/ports/answer-today.ts';
import type { Prediction } from '../shared/ports/predictor.ts';
import { backEndNames } from './back-end-names.ts';
import {
  type CreateOptions,
  checkCall,
  type IngestOptions,
  type OpenOptions,
  type PredictOptions,
  type RunOptions,
  type Source,
} from './library-options.ts';
import { checkInput, openInput } from './open-input.ts';
import { person } from './person.ts';
import { ProblemWarnings } from './problem-warnings.ts';
import type { ProgressUi } from './progress.ts';
import { runLoop } from './runtime/run-loop.ts';
import { streamBytes } from './stream-bytes.ts';
import { openWorkspace as openPlace, type Workspace as WorkspacePlace } from './workspace.ts';

export type {
  CreateOptions,
  CreateResult,
  IngestOptions,
  IngestResult,
  ListedModel,
  OpenOptions,
  Prediction,
  PredictOptions,
  RunOptions,
  RunResult,
  Source,
};
// Programs catch it by its class.
export { RatchetError };

/** An open workspace. Every method may fail by {@link RatchetError}, whose `mend` says what to do. */
export class Workspace implements AsyncDisposable {
  readonly #opened: WorkspacePlace;
  readonly #onProgress: (line: string) => void;
  #isClosed = false;

  /** Use {@link openWorkspace}. */
  constructor(place: WorkspacePlace, onProgress: (line: string) => void) {
    this.#opened = place;
    this.#onProgress = onProgress;
  }

  /** Absolute path of its directory. */
  get directory(): string {
    return this.#opened.directory;
  }

  get #place(): WorkspacePlace {
    if (!this.#isClosed) return this.#opened;
    throw new RatchetError('InvalidInput', 'The workspace is closed.', {
      mend: 'Call what is to be done before close(), or open the workspace again: openWorkspace(DIRECTORY).',
    });
  }

  async listModels(): Promise<readonly ListedModel[]> {
    return listModels(this.#place.ports);
  }

  /** Registers a model and, with examples, trains its first checkpoint, which becomes the champion. */
  async createModel(modelId: string, options: CreateOptions = {}): Promise<CreateResult> {
    checkCall('createModel', { modelId, options });
    const { ports } = this.#place;
    const { task = 'classification', examples, labels = [], trainerOptions = {}, settings = {}, seed = 1 } = options;
    const { analyst = 'statistical', judge = 'rule', trainer, secondOpinion, taskOptions } = options;
    return createModel(
      {
        modelId,
        task,
        labels,
        ...(taskOptions === undefined ? {} : { options: taskOptions }),
        examples: examples === undefined ? null : await opened(examples, 'The stream of examples'),
        ...(typeof examples === 'string' ? { examplesName: examples } : {}),
        backEnds: backEndNames({ analyst, judge, trainer, secondOpinion }, task, ports),
        trainerOptions,
        settings,
        seed,
        by: person(),
      },
      ports,
    );
  }

  /**
   * Takes traces and judgements in. Bad lines go to quarantine and are counted; the others are kept. Why lines and whole
   * sources were refused is among the warnings, of many the first and the last.
   */
  async ingest(modelId: string, sources: readonly Source[], options: IngestOptions = {}): Promise<IngestResult> {
    checkCall('ingest', { modelId, sources, options });
    const { ports } = this.#place;
    for (const source of sources) if (typeof source === 'string') await checkInput(source);
    const problems = new ProblemWarnings();
    const result = await ingestTraces(
      {
        modelId,
        onProblem: (problem) => problems.add(problem),
        sources: sources.map((source, at) => {
          const name = typeof source === 'string' ? source : `source ${at + 1}`;
          return { name, open: () => opened(source, name) };
        }),
        ...fileOptions({ ...options, map: options.map ?? {} }),
      },
      ports,
    );
    return { ...result, warnings: [...result.warnings, ...problems.list()] };
  }

  /** Runs the loop once to its end: `decision` says whether a candidate was promoted, `headline` and `why` tell of it. */
  async run(modelId: string, options: RunOptions = {}): Promise<RunResult> {
    checkCall('run', { modelId, options });
    const { seed, budgetUsd } = options;
    const request = { modelId, seed: seed ?? null, budgetUsd: budgetUsd ?? null };
    return runLoop(this.#place, request, told(this.#onProgress));
  }

  /** Answers inputs, in their order. Nothing of it is recorded. */
  async predict(
    modelId: string,
    inputs: readonly string[],
    options: PredictOptions = {},
  ): Promise<readonly Prediction[]> {
    checkCall('predict', { modelId, inputs, options });
    const { checkpoint, topK } = options;
    const { ports } = this.#place;
    const model = await whichModel(modelId, ports);
    const chosen = await chooseCheckpoint(modelId, checkpoint ?? null, ports);
    const today = answersToday(chosen, model, ports);
    const asked = topK === undefined ? {} : { alternatives: topK };
    return answerToday(chosen, today, inputs, ports, { keepSplit: true, ...asked });
  }

  /** Absolute path of the HTML page that tells of a run. */
  async reportOf(result: RunResult): Promise<string> {
    checkCall('reportOf', { result });
    return this.#place.localCopy(result.report);
  }

  /** Without it worker threads keep the process alive. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#opened.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * Opens a workspace directory.
 * @throws RatchetError InvalidInput when there is none and `create` is not set, StorageFailure when it cannot be read
 */
export async function openWorkspace(directory: string, options: OpenOptions = {}): Promise<Workspace> {
  checkCall('openWorkspace', { directory, options });
  const { create = false, onProgress = () => undefined, env = process.env } = options;
  const observer = { progress: () => undefined, note: onProgress };
  return new Workspace(await openPlace(directory, { observer, create, env }), onProgress);
}

async function opened(source: Source, name: string): Promise<AsyncIterable<Uint8Array>> {
  return typeof source === 'string' ? openInput(source, Readable.from([])) : streamBytes(source, name);
}

/** Progress as lines. */
function told(tell: (line: string) => void): ProgressUi {
  return {
    stageStarted: (name) => tell(`${name} …`),
    stageProgress: () => undefined,
    stageFinished: (name, summary) => tell(summary === '' ? `${name} is done` : `${name} is done: ${summary}`),
    stageFailed: (name, why) => tell(`${name} failed: ${why}`),
    stagePassedOver: (name) => tell(`${name} was done before`),
    note: tell,
    stop: () => undefined,
  };
}
