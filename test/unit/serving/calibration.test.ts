import { beforeEach, expect, test } from 'vitest';
import {
  calibrated,
  calibrationFile,
  calibrationOf,
  type JudgedAnswer,
} from '../../../shared/domain/evaluation/calibration.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { writeJson } from '../../../shared/ports/documents.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import { calibrationResponseSchema } from '../../../shared/serving/messages.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

let ports: MemoryPorts;

/** The predictor is sure by 0.9, and right in two of three. */
const answers: JudgedAnswer[] = Array.from({ length: 90 }, (_, at) => ({
  ...{ id: `t${at}`, label: at < 85 ? 'spam' : 'ham', confidence: 0.9, right: at % 3 > 0 },
}));

beforeEach(async () => {
  ports = memoryPorts({ answer: () => 'spam' });
  await ports.lineage.createModel(sampleModel());
  const served = { predictor: [...ports.predictors.keys()][0] ?? '', ref: 'new', digest: null };
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'new', served }));
  const move = { at: '2026-01-01T00:00:00Z', to: 'new', kind: 'create' as const, by: 'ana', reason: 'x' };
  await updateControl('m1', ports, (control) => moveChampion(control, move));
});

async function ended(runId: string, checkpointId: string, found: readonly JudgedAnswer[]): Promise<void> {
  const reportKey = `runs/m1/${runId}/0/write-report/all/report.html`;
  const run = { runId, reportKey, status: 'finished' as const, resultId: checkpointId };
  await ports.lineage.putRun(sampleRun(run));
  await writeJson(ports.objects, reportKey.replace('report.html', calibrationFile), calibrationOf(checkpointId, found));
}

const app = () =>
  createServingApp({ ports, access: { token: null, hosts: null }, journal: null, onFault: () => undefined });
const calibration = async () => (await app().fetch(new Request('http://x/v1/models/m1/calibration'))).json();
const predict = async () =>
  (
    await app().fetch(
      new Request('http://x/v1/models/m1/predictions', {
        ...{ method: 'POST', body: '{"input":"win"}', headers: { 'content-type': 'application/json' } },
      }),
    )
  ).json();

test('answers say how often such answers were right, beside the confidence of the model', async () => {
  await ended('run-1', 'new', answers);
  const answer = (await predict()) as { confidence: number; calibrated: number };
  expect(answer.confidence).toBe(0.9);
  expect(answer.calibrated).toBeCloseTo(2 / 3, 1);
  expect(answer.calibrated).toBe(calibrated(calibrationOf('new', answers).map, 'spam', 0.9));
});

test('answers say nothing of it before a run has found it, and by the run of another champion', async () => {
  expect(await predict()).not.toHaveProperty('calibrated');
  await ended('run-1', 'old', answers);
  expect(await predict()).not.toHaveProperty('calibrated');
});

test('figures are told by label with n and interval, none of fewer than 20 answers, and over runs', async () => {
  await ended('run-1', 'old', answers.slice(0, 40));
  await ended('run-2', 'new', answers);
  const told = calibrationResponseSchema.parse(await calibration());
  expect(told.checkpointId).toBe('new');
  expect(told.labels).toEqual([
    expect.objectContaining({ label: 'spam', n: 85, accuracy: 56 / 85 }),
    { label: 'ham', n: 5, tooFew: true },
  ]);
  expect(told.overall?.rawEce).toBeCloseTo(0.9 - 2 / 3, 6);
  expect(told.overall?.ece).toBeLessThan(0.1);
  expect(told.history.map(({ runId, checkpointId, n }) => [runId, checkpointId, n])).toEqual([
    ['run-1', 'old', 40],
    ['run-2', 'new', 90],
  ]);
});

test('a model without a run has no figures, and one that is not there is a fault', async () => {
  expect(await calibration()).toEqual({ checkpointId: 'new', overall: null, classEce: null, labels: [], history: [] });
  expect((await app().fetch(new Request('http://x/v1/models/none/calibration'))).status).toBe(404);
});
