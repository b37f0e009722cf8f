import { answerToday } from '../../../shared/ports/answer-today.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import type { Random } from '../../../shared/ports/random.ts';
import { isJudged, type StagedLog } from '../logs/staged-log.ts';
import { type Answer, answerOf } from '../logs/trace-line.ts';
import { taskOf } from '../scenarios/scenario.ts';
import type { Baseline, ServedLog } from './baselines.ts';
import { answersAt, examplesAt, logsAt } from './labels-at.ts';
import type { Prepared } from './prepared.ts';
import { type Scores, type Served, scoreModel } from './score.ts';
import { trainServed } from './train-served.ts';
import type { StageResult } from './unit-result.ts';

/**
 * Takes an arm without a loop through the stages: the model answers a stage's logs, and what was trained on them serves
 * the next.
 */
export async function runBaseline(
  baseline: Baseline,
  prepared: Prepared,
  ports: Ports,
  random: Random,
): Promise<{ start: Scores; stages: StageResult[] }> {
  const { examples } = prepared.draw;
  const task = taskOf(prepared.scenario);
  const { kind } = task;
  const isFailed = (log: StagedLog, { output }: Answer) => kind.key(output) !== kind.key(log.expected);
  let served: Served = await trainServed('first', examples, prepared, 0, ports);
  let scores = await scoreModel(served, prepared, 0, ports);
  let trained = examples.length;
  const start = scores;
  const met: ServedLog[][] = [];
  const stages: StageResult[] = [];
  for (const [index, logs] of prepared.stages.entries()) {
    const clock = performance.now();
    const answers = await answerToday(
      served,
      answersAt(prepared, index),
      logs.map(({ input }) => input),
      ports,
      { alternatives: 1 },
    );
    met.push(logs.map((log, at) => ({ log, answer: answerOf(answers[at]) })));
    const next = baseline({
      examples: examplesAt(prepared, examples, index),
      stages: met.map((ofStage) => logsAt(prepared, ofStage, index)),
      rules: task,
      seed: prepared.seed,
      random,
    });
    if (next !== null) {
      served = await trainServed(`stage-${index + 1}`, next, prepared, index, ports);
      trained = next.length;
    }
    if (next !== null || prepared.drift !== undefined) scores = await scoreModel(served, prepared, index, ports);
    const judged = (met.at(-1) ?? []).filter(({ log }) => isJudged(log));
    stages.push({
      scores,
      examples: trained,
      seconds: (performance.now() - clock) / 1_000,
      judgedFailures: judged.filter(({ log, answer }) => isFailed(log, answer)).length / judged.length,
      runs: [],
      triage: [],
    });
  }
  return { start, stages };
}
