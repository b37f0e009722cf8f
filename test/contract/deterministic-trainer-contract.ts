import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Configuration } from '../../shared/domain/models/configuration.ts';
import type { Artifact } from '../../shared/ports/trainer.ts';
import { foldPlan } from '../helpers/fold-plan.ts';
import { putDataset } from '../helpers/made-up-intents.ts';
import { train } from '../helpers/training.ts';
import { contractRequest, type TrainerAndPredictor, training } from './trained.ts';

/** What a deterministic trainer does beside what every trainer does. */
export function deterministicTrainerContract(
  name: string,
  makeTrainerAndPredictor: () => Promise<TrainerAndPredictor>,
  configuration: Configuration,
): void {
  describe(`deterministic trainer: ${name}`, { timeout: 60_000 }, () => {
    let made: TrainerAndPredictor;
    const request = contractRequest(configuration);

    beforeAll(async () => {
      made = await makeTrainerAndPredictor();
      await putDataset(made.objects, request.datasetKey, training);
    });
    afterAll(() => made.close());

    it('gives the same artifact for the same request, byte for byte, also when trainings overlap', async () => {
      const [first, second] = await Promise.all([
        train(made.trainer, { ...request, artifactKey: 'artifacts/first' }),
        train(made.trainer, { ...request, artifactKey: 'artifacts/second' }),
      ]);
      expect(second.served.digest).toBe(first.served.digest);
      expect(await made.objects.get('artifacts/second')).toEqual(await made.objects.get('artifacts/first'));
    });

    it('gives the same fold models for the same request, byte for byte, in whatever order they are asked for', async () => {
      const lines = training.map((line, at) => ({ ...line, folds: [at % 10] }));
      await putDataset(made.objects, 'datasets/folded.jsonl', lines);
      const folded = (artifactKey: string, asked: readonly number[]) =>
        train(made.trainer, {
          ...request,
          datasetKey: 'datasets/folded.jsonl',
          artifactKey,
          folds: foldPlan(artifactKey, 5, asked),
        });
      const [first, second] = await Promise.all([
        folded('artifacts/forth', [0, 1, 2, 3, 4]),
        folded('artifacts/back', [4, 2, 0, 1, 3]),
      ]);
      const digests = ({ served, folds }: Artifact) => [served, ...(folds?.models ?? [])].map((one) => one?.digest);
      expect(new Set(digests(first)).size).toBe(6);
      expect(digests(second)).toEqual(digests(first));
    });

    it.each([null, foldPlan('artifacts/progress', 5)])('reports progress that rises to its end', async (folds) => {
      const reports: [number, number][] = [];
      await train(made.trainer, { ...request, folds }, (done, total) => reports.push([done, total]));
      const shares = reports.map(([done, total]) => done / total);
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    });
  });
}
