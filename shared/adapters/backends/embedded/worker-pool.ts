import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Transferable } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ErrorName } from '../../../domain/base/errors.ts';
import { moduleAt } from '../own-code.ts';
import type { TaggedText } from '../tagger/tag-texts.ts';
import type {
  AverageTaggersTask,
  ChancesTask,
  FitTaggerTask,
  FittedTaggerBytes,
  TagTask,
} from '../tagger/tagger-tasks.ts';
import type { FittedHead } from './fit-head.ts';
import { type Outcome, unwrap } from './outcome.ts';
import type { HeldOutScores } from './temperature.ts';
import type { TrainingRows } from './training-rows.ts';
import type { BlendTask, CalibrateTask, EmbedTask, FitTask, PredictAnswer, PredictTask, RowsTask } from './worker.ts';

/** What the worker threads do, by name. */
export interface Tasks {
  embed: (task: EmbedTask) => Float32Array<ArrayBuffer>;
  rows: (task: RowsTask) => TrainingRows;
  fit: (task: FitTask) => FittedHead;
  calibration: (task: CalibrateTask) => number;
  temperature: (models: readonly HeldOutScores[]) => number;
  blend: (task: BlendTask) => Uint8Array<ArrayBuffer>;
  predict: (task: PredictTask) => PredictAnswer;
  fitTagger: (task: FitTaggerTask) => FittedTaggerBytes;
  averageTaggers: (task: AverageTaggersTask) => Uint8Array<ArrayBuffer>;
  tag: (task: TagTask) => readonly (TaggedText | null)[];
  chances: (task: ChancesTask) => readonly (number | null)[];
}

/** Bytes of loaded heads that a thread keeps at most: 1 GiB shared out, from 64 to 256 MiB each. */
function headBytes(threads: number): number {
  return Math.min(256, Math.max(64, Math.floor(1024 / threads))) * 2 ** 20;
}

/**
 * The worker threads, begun at the first task. Idle ones keep the foundation loaded, and do not keep the process alive.
 */
export class WorkerPool {
  readonly threads: number;
  #pool: Piscina | undefined;
  readonly #filename: string;

  constructor(threads: number = availableParallelism(), workerFile: URL = moduleAt('./worker', import.meta.url)) {
    this.threads = threads;
    this.#filename = fileURLToPath(workerFile);
  }

  async run<N extends keyof Tasks>(
    name: N,
    task: Parameters<Tasks[N]>[0],
    fallback: ErrorName,
    transferList: Transferable[] = [],
  ): Promise<ReturnType<Tasks[N]>> {
    this.#pool ??= new Piscina({
      filename: this.#filename,
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      argv: [String(headBytes(this.threads))],
    });
    const outcome: Outcome<ReturnType<Tasks[N]>> = await this.#pool.run(task, { name, transferList });
    return unwrap(outcome, fallback);
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = undefined;
  }
}
