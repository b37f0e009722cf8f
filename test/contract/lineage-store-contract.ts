import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Control, firstControl, moveChampion } from '../../shared/domain/models/control.ts';
import type { Model } from '../../shared/domain/models/model.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import {
  sampleCheckpoint,
  sampleDataset,
  sampleEvaluationSet,
  sampleModel,
  sampleRun,
} from '../helpers/lineage-samples.ts';
import { rejection } from '../helpers/rejection.ts';

export interface LineageStoreFixture {
  readonly lineage: LineageStore;
  dispose(): Promise<void>;
}

const hostileTexts = [
  "'; DROP TABLE models; --",
  '" OR 1=1',
  '../../etc/passwd',
  'nul\0inside',
  '\u001b[2J\u001b[31mred',
  'lone \ud800 surrogate',
  '{"json": [1]}',
  '\u2028\u2029\r\n',
  '',
];

const early = '2026-01-01T00:00:00.000Z';
const late = '2026-02-01T00:00:00.000Z';

/** What every lineage store does. */
export function lineageStoreContract(name: string, create: () => Promise<LineageStoreFixture>): void {
  describe(`${name} as a lineage store`, () => {
    let fixture: LineageStoreFixture;
    let lineage: LineageStore;
    beforeEach(async () => {
      fixture = await create();
      lineage = fixture.lineage;
    });
    afterEach(() => fixture.dispose());

    test('knows nothing at first', async () => {
      expect(await lineage.getModel('m1')).toBeUndefined();
      expect(await lineage.getControl('m1')).toBeUndefined();
      expect(await lineage.getCheckpoint('m1', 'c1')).toBeUndefined();
      expect(await lineage.getDataset('m1', 'd1')).toBeUndefined();
      expect(await lineage.getRun('r1')).toBeUndefined();
      expect(await lineage.listModels()).toEqual([]);
      expect(await lineage.listCheckpoints('m1')).toEqual([]);
      expect(await lineage.listDatasets('m1')).toEqual([]);
      expect(await lineage.listEvaluationSets('m1')).toEqual([]);
      expect(await lineage.listRuns('m1')).toEqual([]);
    });

    test('registers a model together with its first control item', async () => {
      expect(await lineage.createModel(sampleModel())).toBe(true);
      expect(await lineage.getModel('m1')).toEqual(sampleModel());
      expect(await lineage.getControl('m1')).toEqual(firstControl('m1'));
    });

    test('leaves a model whose name is taken as it was, its control item too', async () => {
      await lineage.createModel(sampleModel());
      await lineage.compareAndSetControl(0, moved(firstControl('m1'), 'c1'));
      expect(await lineage.createModel(sampleModel({ splitSalt: 'other' }))).toBe(false);
      expect(await lineage.getModel('m1')).toEqual(sampleModel());
      expect((await lineage.getControl('m1'))?.championId).toBe('c1');
    });

    test('lets exactly one of many that register the same name succeed', async () => {
      const salts = Array.from({ length: 8 }, (_, index) => `salt-${index}`);
      const made = await Promise.all(salts.map((splitSalt) => lineage.createModel(sampleModel({ splitSalt }))));
      expect(made.filter(Boolean)).toHaveLength(1);
      expect((await lineage.getModel('m1'))?.splitSalt).toBe(salts[made.indexOf(true)]);
    });

    test('lists models by id', async () => {
      for (const modelId of ['b', 'a', 'C']) await lineage.createModel(sampleModel({ modelId }));
      expect((await lineage.listModels()).map((model) => model.modelId)).toEqual(['C', 'a', 'b']);
    });

    test('replaces a model of the revision that was expected, and of no other', async () => {
      await lineage.createModel(sampleModel());
      const first = changed(sampleModel(), 'ana');
      const second = changed(first, 'ben');
      expect(await lineage.replaceModel(1, second)).toBe(false);
      expect(await lineage.replaceModel(0, first)).toBe(true);
      expect(await lineage.replaceModel(0, first)).toBe(false);
      expect(await lineage.getModel('m1')).toEqual(first);
      expect(await lineage.replaceModel(1, second)).toBe(true);
      expect(await lineage.listModels()).toEqual([second]);
      expect(await lineage.getControl('m1')).toEqual(firstControl('m1'));
    });

    test('replaces no model that was never registered, and refuses one that skips a revision', async () => {
      expect(await lineage.replaceModel(0, changed(sampleModel(), 'ana'))).toBe(false);
      expect(await lineage.listModels()).toEqual([]);
      await lineage.createModel(sampleModel());
      expect((await rejection(lineage.replaceModel(0, sampleModel({ revision: 2 })))).name).toBe('InvalidInput');
      expect((await rejection(lineage.replaceModel(0, sampleModel()))).name).toBe('InvalidInput');
      expect(await lineage.getModel('m1')).toEqual(sampleModel());
    });

    test('loses no change of a model when many that read, change and retry work at once', async () => {
      await lineage.createModel(sampleModel());
      await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          for (;;) {
            const model = (await lineage.getModel('m1')) ?? sampleModel();
            if (await lineage.replaceModel(model.revision, changed(model, `person-${index}`))) return;
          }
        }),
      );
      const model = await lineage.getModel('m1');
      expect(model?.revision).toBe(12);
      expect(new Set(model?.changes.map(({ by }) => by)).size).toBe(12);
    });

    test('moves the control item from the version that was expected, and from no other', async () => {
      await lineage.createModel(sampleModel());
      const first = moved(firstControl('m1'), 'c1');
      const second = moved(first, 'c2');
      expect(await lineage.compareAndSetControl(1, second)).toBe(false);
      expect(await lineage.compareAndSetControl(0, first)).toBe(true);
      expect(await lineage.compareAndSetControl(0, first)).toBe(false);
      expect(await lineage.getControl('m1')).toEqual(first);
      expect(await lineage.compareAndSetControl(1, second)).toBe(true);
      expect(await lineage.getControl('m1')).toEqual(second);
    });

    test('moves no control item of a model that was never registered', async () => {
      expect(await lineage.compareAndSetControl(0, moved(firstControl('m1'), 'c1'))).toBe(false);
      expect(await lineage.getControl('m1')).toBeUndefined();
    });

    test('refuses a control item that skips a version', async () => {
      await lineage.createModel(sampleModel());
      const skipping = { ...firstControl('m1'), version: 2 };
      expect((await rejection(lineage.compareAndSetControl(0, skipping))).name).toBe('InvalidInput');
      expect(await lineage.getControl('m1')).toEqual(firstControl('m1'));
    });

    test('lets exactly one of n concurrent moves from one version win, whatever came before', async () => {
      await lineage.createModel(sampleModel());
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 2, max: 10 }), async (contenders) => {
          const current = (await lineage.getControl('m1')) ?? firstControl('m1');
          const attempts = Array.from({ length: contenders }, (_, index) => moved(current, `c${index}`));
          const won = await Promise.all(attempts.map((next) => lineage.compareAndSetControl(current.version, next)));
          expect(won.filter(Boolean)).toHaveLength(1);
          expect(await lineage.getControl('m1')).toEqual(attempts[won.indexOf(true)]);
        }),
        { numRuns: 25 },
      );
    });

    test('loses no move when many that read, change and retry work at once', async () => {
      await lineage.createModel(sampleModel());
      const increments = Array.from({ length: 12 }, async (_, index) => {
        for (;;) {
          const control = (await lineage.getControl('m1')) ?? firstControl('m1');
          if (await lineage.compareAndSetControl(control.version, moved(control, `c${index}`))) return;
        }
      });
      await Promise.all(increments);
      const control = await lineage.getControl('m1');
      expect(control?.version).toBe(12);
      expect(new Set(control?.moves.map((move) => move.to)).size).toBe(12);
      expect(control?.moves.slice(1).map((move) => move.from)).toEqual(
        control?.moves.slice(0, -1).map((move) => move.to),
      );
    });

    test('changes nothing of a checkpoint that is written again but its scores, which are merged', async () => {
      const first = sampleCheckpoint({ scores: { regression: 0.5, 'traffic-validation': 0.8 } });
      await lineage.putCheckpoint(first);
      await lineage.putCheckpoint(
        sampleCheckpoint({ seed: 8, createdAt: late, scores: { regression: 0.75, 'failure-test': 0.1 } }),
      );
      const scores = { regression: 0.75, 'traffic-validation': 0.8, 'failure-test': 0.1 };
      expect(await lineage.getCheckpoint('m1', 'c1')).toEqual({ ...first, scores });
      expect(await lineage.listCheckpoints('m1')).toEqual([{ ...first, scores }]);
    });

    test('takes scores of a checkpoint that is there, beside those it has, and of no other', async () => {
      const first = sampleCheckpoint({ scores: { regression: 0.5 } });
      await lineage.putCheckpoint(first);
      await lineage.addScores('m1', 'c1', { 'out-of-fold': 0.75 });
      await lineage.addScores('m1', 'c1', {});
      const scores = { regression: 0.5, 'out-of-fold': 0.75 };
      expect(await lineage.getCheckpoint('m1', 'c1')).toEqual({ ...first, scores });
      for (const id of ['c2', '../c1'])
        expect((await rejection(lineage.addScores('m1', id, { a: 1 }))).name).toBe('UnknownCheckpoint');
      expect((await rejection(lineage.addScores('m1', 'c1', { a: Number.NaN }))).name).toBe('InvalidInput');
      expect(await lineage.listCheckpoints('m1')).toEqual([{ ...first, scores }]);
    });

    test('loses no score when several are written at once', async () => {
      const names = Array.from({ length: 10 }, (_, index) => `set-${index}`);
      await Promise.all(
        names.map((set, index) => lineage.putCheckpoint(sampleCheckpoint({ scores: { [set]: index / 10 } }))),
      );
      expect(Object.keys((await lineage.getCheckpoint('m1', 'c1'))?.scores ?? {}).sort()).toEqual(names);
    });

    test('keeps the first of datasets and of evaluation sets with one id', async () => {
      await lineage.putDataset(sampleDataset());
      await lineage.putDataset(sampleDataset({ key: 'elsewhere' }));
      await lineage.putEvaluationSet(sampleEvaluationSet());
      await lineage.putEvaluationSet(sampleEvaluationSet({ right: 1 }));
      expect(await lineage.getDataset('m1', 'd1')).toEqual(sampleDataset());
      expect(await lineage.listDatasets('m1')).toEqual([sampleDataset()]);
      expect(await lineage.listEvaluationSets('m1')).toEqual([sampleEvaluationSet()]);
    });

    test('replaces the record of a run', async () => {
      await lineage.putRun(sampleRun());
      const ended = sampleRun({
        status: 'failed',
        finishedAt: late,
        failure: { name: 'LeaseLost', cause: 'x', mend: 'y' },
      });
      await lineage.putRun(ended);
      expect(await lineage.getRun('r1')).toEqual(ended);
      expect(await lineage.listRuns('m1')).toEqual([ended]);
    });

    test('lists what belongs to a model, oldest first, those of one time by id', async () => {
      await lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'z', createdAt: early }));
      await lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'b', createdAt: late }));
      await lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'a', createdAt: late }));
      await lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'other', modelId: 'm2' }));
      expect((await lineage.listCheckpoints('m1')).map((found) => found.checkpointId)).toEqual(['z', 'a', 'b']);
      await lineage.putDataset(sampleDataset({ datasetId: 'late', createdAt: late }));
      await lineage.putDataset(sampleDataset({ datasetId: 'other', modelId: 'm2' }));
      await lineage.putDataset(sampleDataset({ datasetId: 'now', createdAt: early }));
      expect((await lineage.listDatasets('m1')).map((found) => found.datasetId)).toEqual(['now', 'late']);
      await lineage.putEvaluationSet(sampleEvaluationSet({ setId: 'late', createdAt: late }));
      await lineage.putEvaluationSet(sampleEvaluationSet({ setId: 'other', modelId: 'm2' }));
      await lineage.putEvaluationSet(sampleEvaluationSet({ setId: 'now', createdAt: early }));
      expect((await lineage.listEvaluationSets('m1')).map((found) => found.setId)).toEqual(['now', 'late']);
      await lineage.putRun(sampleRun({ runId: 'late', startedAt: late }));
      await lineage.putRun(sampleRun({ runId: 'other', modelId: 'm2' }));
      await lineage.putRun(sampleRun({ runId: 'now', startedAt: early }));
      expect((await lineage.listRuns('m1')).map((found) => found.runId)).toEqual(['now', 'late']);
    });

    test('tells models apart that share ids of checkpoints and datasets', async () => {
      await lineage.putCheckpoint(sampleCheckpoint({ seed: 1 }));
      await lineage.putCheckpoint(sampleCheckpoint({ seed: 2, modelId: 'm2' }));
      expect((await lineage.getCheckpoint('m1', 'c1'))?.seed).toBe(1);
      expect((await lineage.getCheckpoint('m2', 'c1'))?.seed).toBe(2);
      await lineage.putDataset(sampleDataset());
      expect(await lineage.getDataset('m2', 'd1')).toBeUndefined();
    });

    test.each(hostileTexts)('keeps %j as the plain text it is, in ids and in reasons', async (text) => {
      await lineage.createModel(sampleModel());
      const run = sampleRun({ reason: text });
      await lineage.putRun(run);
      expect(await lineage.getRun('r1')).toEqual(run);
      const set = sampleEvaluationSet({ key: text });
      await lineage.putEvaluationSet(set);
      expect(await lineage.listEvaluationSets('m1')).toEqual([set]);
      expect(await lineage.getModel(text)).toBeUndefined();
      expect(await lineage.getCheckpoint('m1', text)).toBeUndefined();
      expect(await lineage.listRuns(text)).toEqual([]);
      expect(await lineage.listModels()).toHaveLength(1);
    });

    test('gives back the reasons of moves in any Unicode', async () => {
      await lineage.createModel(sampleModel());
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (reason) => {
          const current = (await lineage.getControl('m1')) ?? firstControl('m1');
          const next = moved(current, 'c1', reason);
          expect(await lineage.compareAndSetControl(current.version, next)).toBe(true);
          expect(await lineage.getControl('m1')).toEqual(next);
        }),
        { numRuns: 40 },
      );
    });

    test('refuses what could not be read back', async () => {
      expect((await rejection(lineage.putCheckpoint(sampleCheckpoint({ scores: { a: Number.NaN } })))).name).toBe(
        'InvalidInput',
      );
      expect((await rejection(lineage.createModel(sampleModel({ modelId: '../m' })))).name).toBe('InvalidInput');
      expect(await lineage.listCheckpoints('m1')).toEqual([]);
      expect(await lineage.listModels()).toEqual([]);
    });

    test('hands out copies', async () => {
      await lineage.createModel(sampleModel());
      await lineage.compareAndSetControl(0, moved(firstControl('m1'), 'c1'));
      (await lineage.getControl('m1'))?.moves.pop();
      expect((await lineage.getControl('m1'))?.moves).toHaveLength(1);
    });
  });
}

function changed(model: Model, by: string): Model {
  const change = { at: early, by, what: 'settings', from: { targetScore: 0.96 }, to: { targetScore: 0.9 } } as const;
  return { ...model, revision: model.revision + 1, changes: [...model.changes, change] };
}

function moved(control: Control, to: string, reason = ''): Control {
  return moveChampion(control, { at: early, to, kind: 'promote', by: 'r1', reason });
}
