import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Workspace } from '../../cli/workspace.ts';
import { canonicalJson, shortDigest, shortDigestOfAll } from '../../shared/domain/base/ids.ts';
import { wordKey } from '../../shared/domain/base/text.ts';
import type { EvaluationItem, EvaluationSet } from '../../shared/domain/evaluation/evaluation-set.ts';
import type { SidedEntry } from '../../shared/domain/evaluation/upgrade-ledger.ts';
import { artifactKey, datasetKey } from '../../shared/domain/models/checkpoint-id.ts';
import { moveChampion } from '../../shared/domain/models/control.ts';
import type { Dataset } from '../../shared/domain/models/dataset.ts';
import { type Example, exampleSchema } from '../../shared/domain/models/example.ts';
import { updateControl } from '../../shared/operations/control-item.ts';
import { answerWith, trainerNamed } from '../../shared/ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../shared/ports/documents.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { sampleEvaluationSet, sampleRun } from './lineage-samples.ts';
import type { Sample } from './made-up-traffic.ts';
import { labelOrNull } from './outputs.ts';
import { chance } from './planted-traffic.ts';
import { answeredTraffic, championOf, createSupportModel, ingest, modelId } from './test-workspace.ts';
import { train } from './training.ts';

const oldRun = 'run-20260101T000000-before';

/** The side of an input before there were folds: 70 % trained, 20 % decided, 10 % was reported on. */
export function sideOf(input: string): 'train' | 'validation' | 'test' {
  const drawn = chance(input, 'side');
  return drawn < 0.7 ? 'train' : drawn < 0.9 ? 'validation' : 'test';
}

/**
 * Fills a workspace as versions before folds left it after one promotion: a ledger of sides, a champion without fold
 * models, frozen held-out sets, examples without folds, and a gate of counted limits in the settings. To be closed
 * before {@link forgetFolds}.
 */
export async function fillOldWorkspace(workspace: Workspace, traffic: readonly Sample[]): Promise<void> {
  const { objects, lineage, clock } = workspace.ports;
  await createSupportModel(workspace);
  const first = await championOf(workspace);
  const firstDataset = await lineage.getDataset(modelId, first.datasetId);
  const firstExamples = await readJsonl(objects, firstDataset?.key ?? '', exampleSchema);
  await writeJsonl(objects, firstDataset?.key ?? '', firstExamples.map(withoutFolds));
  const lines = await answeredTraffic(workspace, traffic, 'day1');
  await ingest(workspace, lines);

  const replayed = firstExamples.map(
    (example): Example => ({
      ...example,
      slice: 'replay',
      provenance: { kind: 'parent', datasetId: first.datasetId, exampleId: example.exampleId },
    }),
  );
  const trained = lines.flatMap(({ traceId, input, expected = '' }): Example[] => {
    if (sideOf(input) !== 'train') return [];
    const provenance = { kind: 'trace', traceId, judge: 'rule', clusterId: null, why: 'judged right' } as const;
    return [{ ...example(input, expected), exampleId: shortDigest(traceId), provenance }];
  });
  const examplesOfBefore = [...replayed, ...trained].map(withoutFolds);
  const datasetId = shortDigestOfAll(examplesOfBefore.map((one) => canonicalJson(one)).sort());
  const { digest: _, ...ofFirst } = firstDataset ?? fail('no dataset');
  const dataset: Dataset = {
    ...ofFirst,
    ...{ datasetId, parentId: first.datasetId, mode: 'extend', runId: oldRun, iteration: 1 },
    key: datasetKey(modelId, datasetId),
  };
  await writeJsonl(objects, dataset.key, examplesOfBefore);
  await lineage.putDataset(dataset);

  const checkpointId = 'checkpoint-of-before';
  const { served } = await train(trainerNamed(first.trainer, workspace.ports), {
    task: first.task,
    datasetKey: dataset.key,
    configuration: first.configuration,
    seed: 1,
    teacher: null,
    folds: null,
    artifactKey: artifactKey(modelId, checkpointId),
    predictor: 'embedded',
  });
  const startedAt = new Date(clock.now()).toISOString();
  const checkpoint = {
    ...first,
    ...{ checkpointId, parentId: first.checkpointId, datasetId, served, runId: oldRun, createdAt: startedAt },
  };
  await lineage.putCheckpoint(checkpoint);
  await lineage.putRun(
    sampleRun({
      ...{ runId: oldRun, modelId, championId: first.checkpointId, startedAt, finishedAt: startedAt },
      ...{ status: 'finished', decision: 'promoted', resultId: checkpointId },
    }),
  );

  const heldOut = traffic.flatMap((sample, at) =>
    sideOf(sample.input) === 'validation' ? [{ ...sample, line: lines[at] }] : [],
  );
  const answers = await answerWith(
    { served },
    heldOut.map(({ input }) => input),
    workspace.ports,
  );
  const items = heldOut.map(
    ({ input, output, line }, at): EvaluationItem => ({
      exampleId: line?.traceId ?? '',
      input,
      expected: labelOutput(output),
      right: labelOrNull(answers[at]?.output ?? null) === output,
    }),
  );
  const passes = new Set(heldOut.filter(({ line }) => line?.verdict === 'pass').map(({ input }) => input));
  const sets: readonly (readonly [EvaluationSet['name'], readonly EvaluationItem[]])[] = [
    ['traffic-validation', items],
    ['regression', items.filter(({ input }) => passes.has(input))],
  ];
  for (const [name, own] of sets) {
    const key = frozenKey(checkpointId, name);
    await writeJsonl(objects, key, own);
    const counts = { size: own.length, right: own.filter(({ right }) => right).length };
    const ids = { setId: `${name}-of-before`, modelId, checkpointId, runId: oldRun };
    await lineage.putEvaluationSet(sampleEvaluationSet({ ...ids, ...counts, name, key, createdAt: startedAt }));
  }
  await updateControl(modelId, workspace.ports, (control) =>
    moveChampion(control, { at: startedAt, to: checkpointId, kind: 'promote', by: oldRun, reason: 'The gate passed.' }),
  );

  const entry = (input: string, side: SidedEntry['side'], isTrained: boolean): SidedEntry => {
    const words = wordKey(input);
    return { words, groupId: shortDigest('group', words), side, trained: isTrained };
  };
  const ledger = {
    create: firstExamples.map(({ input }) => entry(input, 'train', true)),
    [oldRun]: traffic.map(({ input }) => entry(input, sideOf(input), false)),
  };
  for (const [writer, entries] of Object.entries(ledger)) {
    await writeJsonl(objects, `models/${modelId}/splits/${writer}.jsonl`, entries);
    await objects.delete(`models/${modelId}/splits/${writer}.digests.json`);
  }
}

/** Object key of a set that the promotion of before froze. */
export function frozenKey(checkpointId: string, name: EvaluationSet['name']): string {
  return `models/${modelId}/evaluation-sets/${checkpointId}/${oldRun}/${name}.v1.jsonl`;
}

/** Writes the documents of a closed workspace as versions before folds had them. */
export function forgetFolds(directory: string): void {
  const database = new DatabaseSync(join(directory, 'lineage.sqlite'));
  const rewrite = (table: string, id: string, change: (document: Record<string, unknown>) => object): void => {
    const rows = database.prepare(`SELECT ${id} AS id, document FROM ${table}`).all();
    for (const { id: key = null, document } of rows) {
      const changed = JSON.stringify(change(JSON.parse(String(document)) as Record<string, unknown>));
      database.prepare(`UPDATE ${table} SET document = ? WHERE ${id} = ?`).run(changed, key);
    }
  };
  rewrite('models', 'model_id', ({ secondOpinion: _, settings, ...model }) => ({
    ...model,
    settings: oldSettings(settings as Record<string, unknown>),
  }));
  rewrite('checkpoints', 'checkpoint_id', ({ folds: _, ...checkpoint }) => checkpoint);
  rewrite('controls', 'model_id', ({ moves, ...control }) => ({
    ...control,
    moves: (moves as Record<string, unknown>[]).map(({ folds: _, ...move }) => move),
  }));
  rewrite('runs', 'run_id', ({ folds: _, ...run }) => run);
  for (const table of ['models', 'controls', 'checkpoints', 'datasets', 'evaluation_sets', 'runs'])
    database.exec(`ALTER TABLE ${table} DROP COLUMN seal`);
  database.exec('PRAGMA user_version = 1');
  database.close();
}

/** Settings as they were, whatever there is today. */
function oldSettings(settings: Record<string, unknown>): object {
  const kept = [
    ...['targetScore', 'alpha', 'smallestGain', 'enoughFailures', 'maxIterations', 'probesPerCluster'],
    ...['hardNegativesPerFailure', 'smallestCluster', 'snapshotLimit', 'leaseMinutes', 'chunkSize', 'shardSize'],
    ...['maxClusters', 'runAfterFailures', 'deteriorationBaseline', 'deteriorationThreshold'],
  ];
  const counted = {
    ...{ regressionsAbsolute: 3, regressionsFraction: 0.02, regressionsFractionOutweighed: 0.02 },
    ...{ enoughTraffic: 50, enoughRegression: 50, regressionSetLimit: 1_000 },
  };
  return { ...Object.fromEntries(kept.map((name) => [name, settings[name]])), ...counted };
}

function example(input: string, label: string): Omit<Example, 'exampleId' | 'provenance'> {
  return { input, output: labelOutput(label), weight: 1, slice: 'gold', folds: [] };
}

function withoutFolds({ folds: _, ...rest }: Example): Omit<Example, 'folds'> {
  return rest;
}

function fail(message: string): never {
  throw new Error(message);
}
