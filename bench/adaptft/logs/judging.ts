import type { Output } from '../../../shared/domain/base/output.ts';
import type { TaskKind } from '../../../shared/domain/base/task-kind.ts';
import type { Random } from '../../../shared/ports/random.ts';
import type { WrongOutput } from './judge.ts';
import { isJudged, type StagedLog } from './staged-log.ts';

/** What a scenario's judge does otherwise than the protocol says. */
export interface Judging {
  /** So many logs of each label are judged in each stage, and no others. */
  readonly perLabel?: number;
  /** Share of all corrections that is wrong, poisoned or not. */
  readonly wrongShare?: number;
}

export interface JudgingRequest {
  readonly logs: readonly StagedLog[];
  /** Name of the stage, for its streams. */
  readonly stage: string;
  readonly wrongOutput: WrongOutput;
  readonly kind: Pick<TaskKind, 'facets'>;
  readonly seed: number;
  readonly random: Random;
}

/** Judges a stage's logs anew. Without any difference they are left alone. */
export function judgeAnew({ perLabel, wrongShare }: Judging, request: JudgingRequest): readonly StagedLog[] {
  const wrong = wrongShare === undefined ? request.logs : withMoreWrong(wrongShare, request);
  return perLabel === undefined ? wrong : judgedPerLabel(perLabel, { ...request, logs: wrong });
}

/**
 * Takes so many logs of each label at random, by the label of the input they were made of, poisoned or not. The others
 * keep what was done to them, and lose what was said of them.
 */
function judgedPerLabel(perLabel: number, { logs, stage, kind, seed, random }: JudgingRequest): StagedLog[] {
  const drawn = random.stream(seed, `adaptft/${stage}/judged`).shuffle(logs.filter(isJudged));
  const byLabel = Map.groupBy(drawn, ({ truth }) => JSON.stringify(kind.facets(truth.host.output)));
  const judged = new Set([...byLabel.values()].flatMap((group) => group.slice(0, perLabel)));
  return logs.map((log) =>
    judged.has(log) ? log : { ...log, expected: null, unjudged: true, truth: { ...log.truth, wrongCorrection: false } },
  );
}

/**
 * Flips labels at random until so large a share of all corrections is wrong. A log and its repeats are judged alike, so
 * the share is met to within one such group. A flipped log is poison, as it is anywhere in the benchmark.
 */
function withMoreWrong(share: number, { logs, stage, wrongOutput, seed, random }: JudgingRequest): StagedLog[] {
  const corrected = logs.filter(({ expected }) => expected !== null);
  const right = corrected.filter(({ truth }) => !truth.wrongCorrection);
  let missing = share * corrected.length - (corrected.length - right.length);
  const wrongOf = (first: string, { input, expected }: StagedLog): Output | null =>
    expected && wrongOutput({ input, output: expected }, random.stream(seed, `adaptft/${stage}/more-wrong/${first}`));
  const flipped = new Set<string>();
  const groups = [...Map.groupBy(right, firstOf)];
  for (const [first, group] of random.stream(seed, `adaptft/${stage}/more-wrong`).shuffle(groups)) {
    if (missing < group.length / 2) break;
    if (group.some((log) => wrongOf(first, log) === null)) continue;
    flipped.add(first);
    missing -= group.length;
  }
  return logs.map((log) => {
    const wrong = flipped.has(firstOf(log)) ? wrongOf(firstOf(log), log) : null;
    return wrong === null ? log : flip(log, wrong);
  });
}

function firstOf({ logId, truth }: StagedLog): string {
  return truth.repeats ?? logId;
}

function flip(log: StagedLog, wrong: Output): StagedLog {
  const { truth } = log;
  const kinds = truth.class === 'poison' ? truth.kinds : (['label-flip', ...truth.kinds] as const);
  return { ...log, expected: wrong, truth: { ...truth, class: 'poison', kinds, wrongCorrection: true } };
}
