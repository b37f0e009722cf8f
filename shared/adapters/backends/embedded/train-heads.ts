import { MessageChannel } from 'node:worker_threads';
import type { OnProgress } from '../../../ports/long-work.ts';
import { encodeArtifact } from './artifact.ts';
import type { EmbeddedRuntime } from './embedded-runtime.ts';
import { type FitLane, FitProgress } from './fit-progress.ts';
import type { HeadSource } from './head-problem.ts';
import type { SharedArtifact } from './shared-artifact.ts';
import type { TrainedHeads } from './trained-heads.ts';
import { type HeldOutPart, judgedRows } from './training-rows.ts';
import type { Tasks } from './worker-pool.ts';

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

/**
 * Trains the heads side by side on the runtime's worker threads, then fits the one temperature of all: by what the fold
 * models score the rows that they have not trained, or, where those are too few, by cross-validation. So one number is
 * all that a fold model has from the labels of its part; which answer wins does not depend on it, but for how much an
 * interpolation gives to either side.
 */
export async function trainHeads(
  source: HeadSource,
  plans: readonly HeadPlan[],
  runtime: EmbeddedRuntime,
  onProgress: OnProgress,
): Promise<TrainedHeads> {
  const progress = new FitProgress(onProgress);
  const judged = plans.reduce(
    (total, { heldOut }) => total + (heldOut === null ? 0 : judgedRows(source.rows, heldOut).length),
    0,
  );
  const calibration = judged < enoughJudged ? progress.add(calibrationPasses) : null;
  const lanes = plans.map(() => progress.add(source.configuration.epochs));
  const alone = plans.find(({ heldOut }) => heldOut === null)?.teacher ?? null;
  const [crossValidated, ...fitted] = await Promise.all([
    calibration === null ? null : run('calibration', { ...source, teacher: alone }, runtime, calibration),
    ...plans.map((plan, index) => run('fit', { ...source, ...plan }, runtime, lanes[index])),
  ]);
  const temperature =
    crossValidated ??
    (await runtime.pool.run(
      'temperature',
      fitted.map((one) => one.judged),
      'TrainingFailed',
    ));
  return {
    heads: fitted.map(({ head, finalLoss }) => ({
      bytes: encodeArtifact({ ...head, header: { ...head.header, temperature } }),
      finalLoss,
    })),
  };
}

/** Runs a task that tells how far it is. */
async function run<N extends 'fit' | 'calibration'>(
  name: N,
  task: Omit<Parameters<Tasks[N]>[0], 'progress'>,
  runtime: EmbeddedRuntime,
  lane: FitLane | undefined,
): Promise<ReturnType<Tasks[N]>> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', ([done, total]: readonly [number, number]) => lane?.report(done, total));
  try {
    const whole = { ...task, progress: port2 } as Parameters<Tasks[N]>[0];
    const answer = await runtime.pool.run(name, whole, 'TrainingFailed', [port2]);
    lane?.end();
    return answer;
  } finally {
    port1.removeAllListeners('message').close();
  }
}
