import { z } from 'zod';
import type { ProgressUi } from '../../../cli/progress.ts';
import { runLoop } from '../../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../../cli/workspace.ts';
import type { TaskKind } from '../../../shared/domain/base/task-kind.ts';
import { ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import { changeLabels } from '../../../shared/operations/change-labels.ts';
import { chooseCheckpoint } from '../../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { type AnswersToday, answerToday } from '../../../shared/ports/answer-today.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import type { StagedLog } from '../logs/staged-log.ts';
import { answerOf, traceLine } from '../logs/trace-line.ts';
import { taskOf } from '../scenarios/scenario.ts';
import type { Ablation } from './ablations.ts';
import { countTriage } from './count-triage.ts';
import { answersAt } from './labels-at.ts';
import type { Prepared } from './prepared.ts';
import { readGates, readSplit } from './read-run.ts';
import { unpackRights } from './rights.ts';
import { type Score, type Scores, scoreModel, shareRight } from './score.ts';
import type { Offer, RunRecord, StageResult } from './unit-result.ts';

const modelId = 'served';
/** One run of the loop a stage, of as many iterations as the paper's agent has. */
const iterationsPerStage = 2;

/** Takes Ratchet itself through the stages, by the functions behind the command line. */
export async function runRatchet(
  ablation: Ablation,
  prepared: Prepared,
  opened: Workspace,
): Promise<{ start: Scores; stages: StageResult[] }> {
  const ports = ablation.ports(opened.ports);
  const workspace = { ...opened, ports };
  const { scenario, draw, seed } = prepared;
  const task = taskOf(scenario);
  await createModel(
    {
      modelId,
      task: task.kind.kind,
      labels: draw.labels,
      examples: jsonLines(draw.examples),
      backEnds: task.backEnds,
      trainerOptions: task.trainerOptions(scenario.foundation),
      settings: { maxIterations: iterationsPerStage, ...ablation.settings },
      seed,
      by: 'bench',
    },
    ports,
  );
  const start = await scoreModel(await chooseCheckpoint(modelId, null, ports), prepared, 0, ports);
  let scores = start;
  const stages: StageResult[] = [];
  for (const [index, logs] of prepared.stages.entries()) {
    const clock = performance.now();
    const changes = prepared.drift?.changesAt(index) ?? [];
    for (const change of changes) {
      const wish = change.how === 'merge' ? { how: change.how, labels: change.labels, into: change.into } : change;
      await changeLabels({ modelId, wish, by: 'bench', dryRun: false }, ports);
    }
    if (changes.length > 0) {
      scores = await scoreModel(await chooseCheckpoint(modelId, null, ports), prepared, index, ports);
    }
    const judgedFailures = await serveAndIngest(logs, answersAt(prepared, index), task.kind, ports);
    const serving = (performance.now() - clock) / 1_000;
    const before = scores;
    const began = performance.now();
    const result = await runLoop(workspace, { modelId, seed: 1_000 * seed + 10 * index }, silent);
    const seconds = (performance.now() - began) / 1_000;
    const promoted = result.decision === 'promoted';
    if (promoted) scores = await scoreModel(await chooseCheckpoint(modelId, null, ports), prepared, index, ports);
    const gate = await readGates(modelId, result.run, ports);
    const run: RunRecord = {
      decision: result.decision,
      reason: result.reason,
      iterations: Math.max(0, ...gate.map(({ iteration }) => iteration)),
      champion: { clean: shareRight(before.clean), noisy: shareRight(before.noisy) },
      offered: await readOffers(result.run, prepared, index, ports),
      ...(await readSplit(modelId, result.run, ports)),
      seconds,
      change: promoted
        ? { clean: compare(before.clean, scores.clean), noisy: compare(before.noisy, scores.noisy) }
        : null,
      gate,
    };
    const champion = await chooseCheckpoint(modelId, null, ports);
    const dataset = await ports.lineage.getDataset(modelId, champion.datasetId);
    stages.push({
      scores,
      examples: dataset?.manifest.examples ?? null,
      seconds: serving + seconds,
      judgedFailures,
      runs: [run],
      triage: await countTriage(modelId, result.run, logs, ports),
    });
  }
  return { start, stages };
}

/** Of the configurations of every trainer here. */
const interpolating = z.looseObject({ interpolation: z.number() });

/** What the run trained, scored on fresh text. */
async function readOffers(runId: string, prepared: Prepared, stage: number, ports: Ports): Promise<Offer[]> {
  const control = await ports.lineage.getControl(modelId);
  const trained = (await ports.lineage.listCheckpoints(modelId)).filter((checkpoint) => checkpoint.runId === runId);
  const offers: Offer[] = [];
  for (const checkpoint of trained) {
    const { clean, noisy } = await scoreModel(checkpoint, prepared, stage, ports);
    const dataset = await ports.lineage.getDataset(modelId, checkpoint.datasetId);
    offers.push({
      dataset: dataset?.mode ?? '',
      interpolation: interpolating.parse(checkpoint.configuration).interpolation,
      outOfFold: checkpoint.scores['out-of-fold'] ?? 0,
      clean: shareRight(clean),
      noisy: shareRight(noisy),
      promoted: control?.championId === checkpoint.checkpointId,
    });
  }
  return offers;
}

/**
 * The champion answers the stage's logs, which are then ingested with what the judge said.
 * @returns the share it failed, by the judge's word
 */
async function serveAndIngest(
  logs: readonly StagedLog[],
  today: AnswersToday | null,
  kind: TaskKind,
  ports: Ports,
): Promise<number> {
  const champion = await chooseCheckpoint(modelId, null, ports);
  const answers = await answerToday(
    champion,
    today,
    logs.map(({ input }) => input),
    ports,
  );
  const lines = logs.map((log, at) => traceLine(log, answerOf(answers[at]), modelId, kind));
  await ingestTraces({ modelId, sources: [{ name: 'logs', open: async () => jsonLines(lines) }] }, ports);
  const judged = lines.filter((line) => 'verdict' in line);
  return judged.filter((line) => line.verdict === 'fail').length / judged.length;
}

function compare(before: Score, after: Score): { gained: number; lost: number } {
  const old = unpackRights(before.rights, before.of);
  const now = unpackRights(after.rights, after.of);
  return {
    gained: now.filter((right, at) => right && old[at] === false).length,
    lost: now.filter((right, at) => !right && old[at] === true).length,
  };
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}

const nothing = () => undefined;
const silent: ProgressUi = {
  stageStarted: nothing,
  stageProgress: nothing,
  stageFinished: nothing,
  stageFailed: nothing,
  stagePassedOver: nothing,
  note: nothing,
  stop: nothing,
};
