import { MessageChannel } from 'node:worker_threads';
import type { OnProgress } from '../../../ports/long-work.ts';
import { encodeArtifact } from './artifact.ts';
import type { EmbeddedRuntime } from './embedded-runtime.ts';
import type { FittedHead } from './fit-head.ts';
import { FitProgress } from './fit-progress.ts';
import type { HeadSource } from './head-problem.ts';
import type { TrainedHeads } from './trained-heads.ts';
import type { HeldOutPart } from './training-rows.ts';
import type { CalibrateTask, FitTask, SharedArtifact } from './worker.ts';

/** A head to train, and the teacher that it distils, if it does. */
export interface HeadPlan {
  /** Null trains it on all examples. */
  readonly heldOut: HeldOutPart | null;
  readonly teacher: SharedArtifact | null;
}

/** Passes over the data that calibration takes at most, over all its folds: for the progress. */
const calibrationPasses = 25;
/** With fewer rows judged out of fold, cross-validation over all rows fits the temperature. */
const enoughJudged = 20;

/** Trains the heads side by side on the runtime's worker threads, then fits the one temperature of all. */
export async function trainHeads(
  source: HeadSource,
  plans: readonly HeadPlan[],
  runtime: EmbeddedRuntime,
  onProgress: OnProgress,
): Promise<TrainedHeads> {
  const progress = new FitProgress(onProgress);
  const { epochs } = source.configuration;
  const fits = plans.map(({ heldOut, teacher }) => {
    const lane = progress.add(epochs);
    return () => run('fit', { ...source, heldOut, teacher }, runtime, lane);
  });
  const alone = plans.find(({ heldOut }) => heldOut === null) ?? { teacher: null };
  const calibrate = (): Promise<number> => {
    const lane = progress.add(calibrationPasses);
    return run('calibration', { ...source, teacher: alone.teacher }, runtime, lane);
  };
  const beside = plans.every(({ heldOut }) => heldOut === null) ? calibrate() : null;
  const [fitted, early] = await Promise.all([Promise.all(fits.map((fit) => fit())), beside]);
  const temperature = early ?? (await pooledTemperature(fitted, runtime)) ?? (await calibrate());
  return {
    heads: fitted.map(({ head, finalLoss }) => ({
      bytes: encodeArtifact({ ...head, header: { ...head.header, temperature } }),
      finalLoss,
    })),
  };
}

/** The temperature by the rows that the fold models have not trained; null where those are too few. */
async function pooledTemperature(fitted: readonly FittedHead[], runtime: EmbeddedRuntime): Promise<number | null> {
  const judged = fitted.map((one) => one.judged);
  const rows = judged.reduce((total, { labels }) => total + labels.length, 0);
  return rows < enoughJudged ? null : runtime.pool.run('temperature', judged, 'TrainingFailed');
}

async function run<N extends 'fit' | 'calibration'>(
  name: N,
  task: Omit<N extends 'fit' ? FitTask : CalibrateTask, 'progress'>,
  runtime: EmbeddedRuntime,
  lane: { readonly report: OnProgress; readonly end: () => void },
) {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', ([done, total]: readonly [number, number]) => lane.report(done, total));
  try {
    const answer = await runtime.pool.run(name, { ...task, progress: port2 } as never, 'TrainingFailed', [port2]);
    lane.end();
    return answer;
  } finally {
    port1.removeAllListeners('message').close();
  }
}
