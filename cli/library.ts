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
import type { Json } from '../shared/domain/base/json.ts';
import type { Settings } from '../shared/domain/models/settings.ts';
import { type DropOptions, fileOptions } from '../shared/intake/drop-options.ts';
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
import { checkInput, openInput } from './open-input.ts';
import { person } from './person.ts';
import type { ProgressUi } from './progress.ts';
import { runLoop } from './runtime/run-loop.ts';
import { openWorkspace as openPlace, type Workspace as WorkspacePlace } from './workspace.ts';

// biome-ignore lint/performance/noBarrelFile: programs catch it by its class
export { RatchetError } from '../shared/domain/base/errors.ts';
export type { CreateResult, IngestResult, ListedModel, Prediction, RunResult };

/** Bytes as they are read, or the path of a file (also .gz and .zst). */
export type Source = string | AsyncIterable<Uint8Array>;

export interface OpenOptions {
  /** Whether to make the workspace where there is none; false by default. */
  readonly create?: boolean;
  /** Told what a person would see: stages, and notes. Never the text of a trace. */
  readonly onProgress?: (line: string) => void;
  /** Says which chat model there is (`RATCHET_CHAT_…`); the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CreateOptions {
  /** `classification` by default, or `extraction`. */
  readonly task?: string;
  /** Beside those of the examples. */
  readonly labels?: readonly string[];
  /** The first training examples, `{"input", "output"}` a line or another known format. Without them the model is only registered. */
  readonly examples?: Source;
  readonly trainer?: string;
  readonly trainerOptions?: Json;
  readonly analyst?: string;
  readonly judge?: string;
  readonly secondOpinion?: string;
  readonly settings?: Partial<Settings>;
  /** Fixes all that is drawn at random; 1 by default. */
  readonly seed?: number;
}

/** How the files are to be read where their content does not tell; as the options of `ratchet ingest`. */
export type IngestOptions = Partial<DropOptions>;

export interface RunOptions {
  readonly seed?: number;
  /** US dollars that agents may cost. */
  readonly budgetUsd?: number;
}

export interface PredictOptions {
  /** Another checkpoint than the champion. */
  readonly checkpoint?: string;
  /** How many outputs are named, most probable first. */
  readonly topK?: number;
}

/** An open workspace. Every method may fail by {@link RatchetError}, whose `mend` says what to do. */
export class Workspace implements AsyncDisposable {
  readonly #place: WorkspacePlace;
  readonly #onProgress: (line: string) => void;

  /** Use {@link openWorkspace}. */
  constructor(place: WorkspacePlace, onProgress: (line: string) => void) {
    this.#place = place;
    this.#onProgress = onProgress;
  }

  /** Absolute path of its directory. */
  get directory(): string {
    return this.#place.directory;
  }

  async listModels(): Promise<readonly ListedModel[]> {
    return listModels(this.#place.ports);
  }

  /** Registers a model and, with examples, trains its first checkpoint, which becomes the champion. */
  async createModel(modelId: string, options: CreateOptions = {}): Promise<CreateResult> {
    const { ports } = this.#place;
    const { task = 'classification', examples, labels = [], trainerOptions = {}, settings = {}, seed = 1 } = options;
    const { analyst = 'statistical', judge = 'rule', trainer, secondOpinion } = options;
    return createModel(
      {
        modelId,
        task,
        labels,
        examples: examples === undefined ? null : await opened(examples),
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

  /** Takes traces and judgements in. Bad lines go to quarantine and are counted; the others are kept. */
  async ingest(
    modelId: string,
    sources: readonly Source[],
    { map = {}, ...reading }: IngestOptions = {},
  ): Promise<IngestResult> {
    for (const source of sources) if (typeof source === 'string') await checkInput(source);
    return ingestTraces(
      {
        modelId,
        sources: sources.map((source, at) => ({
          name: typeof source === 'string' ? source : `source ${at + 1}`,
          open: () => opened(source),
        })),
        ...fileOptions({ ...reading, map }),
      },
      this.#place.ports,
    );
  }

  /** Runs the loop once to its end: `decision` says whether a candidate was promoted, `headline` and `why` tell of it. */
  async run(modelId: string, { seed, budgetUsd }: RunOptions = {}): Promise<RunResult> {
    const request = { modelId, seed: seed ?? null, budgetUsd: budgetUsd ?? null };
    return runLoop(this.#place, request, told(this.#onProgress));
  }

  /** Answers inputs, in their order. Nothing of it is recorded. */
  async predict(
    modelId: string,
    inputs: readonly string[],
    { checkpoint, topK }: PredictOptions = {},
  ): Promise<readonly Prediction[]> {
    const { ports } = this.#place;
    const model = await whichModel(modelId, ports);
    const chosen = await chooseCheckpoint(modelId, checkpoint ?? null, ports);
    const today = answersToday(chosen, model, ports);
    const asked = topK === undefined ? {} : { alternatives: topK };
    return answerToday(chosen, today, inputs, ports, { keepSplit: true, ...asked });
  }

  /** Absolute path of the HTML page that tells of a run. */
  reportOf(result: RunResult): Promise<string> {
    return this.#place.localCopy(result.report);
  }

  /** Without it worker threads keep the process alive. */
  async close(): Promise<void> {
    await this.#place.close();
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
  const { create = false, onProgress = () => undefined, env = process.env } = options;
  const observer = { progress: () => undefined, note: onProgress };
  return new Workspace(await openPlace(directory, { observer, create, env }), onProgress);
}

function opened(source: Source): Promise<AsyncIterable<Uint8Array>> {
  return typeof source === 'string' ? openInput(source, Readable.from([])) : Promise.resolve(source);
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
