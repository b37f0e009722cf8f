import { describe, expect, test } from 'vitest';
import { snapshotRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { answerTraces } from '../../../../shared/loop/snapshot/answer-traces.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { PredictOptions, Predictor } from '../../../../shared/ports/predictor.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const place = { timestamp: '2026-01-01T00:00:00.000Z', slice: null, steps: null, recorded: null, judgement: null };
const pinned = [
  { ...place, traceId: 't1', groupId: 'g1', folds: [3], use: 'evidence', input: 'one' },
  { ...place, traceId: 't2', groupId: 'g2', folds: [8], use: 'evidence', input: 'two' },
  { ...place, traceId: 't3', groupId: 'g3', folds: [], use: 'none', input: 'three' },
  { ...place, traceId: 't4', groupId: 'g4', folds: [1, 9], use: 'none', input: 'four' },
  { ...place, traceId: 't5', groupId: 'g5', folds: [...Array(10).keys()], use: 'report', input: 'five' },
] as const;

/** Which model answers each trace, for a champion with these fold models. */
async function answeredBy(folds: Parameters<typeof sampleCheckpoint>[0]) {
  const ports = memoryPorts({ answer: (_, { ref }) => ref });
  await putPlan(ports, { champion: sampleCheckpoint(folds) });
  await writeJsonl(ports.objects, 'chunk.jsonl', pinned);
  const given = await answerTraces.run(
    { ...sampleHead, prepared: samplePrepared, chunk: { chunkId: 'chunk-0000', key: 'chunk.jsonl', records: 5 } },
    stageContext(ports),
  );
  if (!('answeredKey' in given)) throw new Error('it is not done');
  expect(given).toEqual({ chunkId: 'chunk-0000', answeredKey: 'answered.jsonl' });
  const records = await readJsonl(ports.objects, given.answeredKey, snapshotRecordSchema);
  expect(records.map(({ answer: _, confidence: __, runnerUp: ___, ...record }) => record)).toEqual(pinned);
  return records.map(({ answer }) => answer);
}

describe('the champion answers the snapshot', () => {
  test('by the fold model that has not seen each trace', async () => {
    expect(await answeredBy({ folds: foldModels(10) })).toEqual(
      ['part-3', 'part-8', 'artifacts/c1', 'part-1', 'artifacts/c1'].map(labelOutput),
    );
    expect(await answeredBy({ folds: foldModels(5) })).toEqual(
      ['part-1', 'part-4', 'artifacts/c1', 'part-0', 'artifacts/c1'].map(labelOutput),
    );
  });

  test('as it is served while it is the first checkpoint, which has seen none of it', async () => {
    expect(await answeredBy({ folds: null })).toEqual(pinned.map(() => labelOutput('artifacts/c1')));
  });

  test('not at all where that costs something and is in vain: its answers are those on record', async () => {
    const plain = memoryPorts();
    const asked: string[] = [];
    const [trainer, predictor] = [plain.trainers.get('embedded'), plain.predictors.get('embedded')];
    if (trainer === undefined || predictor === undefined) return expect.fail('no back end');
    const answering: Predictor = {
      ...predictor,
      mostCost: async () => 1,
      predict: async (_, inputs) => {
        asked.push(...inputs);
        return inputs.map(() => ({ output: labelOutput('b'), confidence: 1, alternatives: [] }));
      },
    };
    const answersWith = async (cost: Trainer['cost'], records: number) => {
      const dear: Trainer = { ...trainer, cost, foldModels: 1, first: () => [{}] };
      const backEnds = { trainers: new Map([['embedded', dear]]), predictors: new Map([['embedded', answering]]) };
      const ports = { ...plain, ...backEnds, budgets: new MemoryBudgets() };
      const settings = { ...sampleModel().settings, enoughRecords: 50 };
      await putPlan(ports, { model: sampleModel({ settings }), mostEvidence: [records, 0, 90, 90] });
      const known = pinned.map((record) => ({ ...record, recorded: labelOutput('a') }));
      await writeJsonl(ports.objects, 'chunk.jsonl', known);
      const chunk = { chunkId: 'chunk-0000', key: 'chunk.jsonl', records: 5 };
      const given = await answerTraces.run({ ...sampleHead, prepared: samplePrepared, chunk }, stageContext(ports));
      if (!('answeredKey' in given)) return expect.fail('it is not done');
      const answered = await readJsonl(ports.objects, given.answeredKey, snapshotRecordSchema);
      return answered.map(({ answer, confidence }) => [answer, confidence]);
    };
    expect(await answersWith('dear', 49)).toEqual(pinned.map(() => [labelOutput('a'), 0]));
    expect(asked).toEqual([]);
    const anew = pinned.map(() => [labelOutput('b'), 1]);
    expect(await answersWith('dear', 50)).toEqual(anew);
    expect(await answersWith('cheap', 49)).toEqual(anew);
    expect(asked).toHaveLength(10);
  });

  test('as it is served where a dear trainer gave the part no model', async () => {
    expect(await answeredBy({ folds: foldModels(5, [0, 1]) })).toEqual(
      ['part-1', 'artifacts/c1', 'artifacts/c1', 'part-0', 'artifacts/c1'].map(labelOutput),
    );
  });

  test('with the answer that it thinks next likely, and without traces that the budget does not cover asking', async () => {
    const plain = memoryPorts();
    const predictor = plain.predictors.get('embedded') ?? expect.fail('no predictor');
    const asked: PredictOptions[] = [];
    const costly: Predictor = {
      ...predictor,
      chunk: 2,
      mostCost: async (_, inputs) => inputs.length,
      async predict(_, inputs, options = {}) {
        asked.push(options);
        options.onUsage?.({ inputTokens: 1, outputTokens: 1, usd: inputs.length });
        return inputs.map((input) => {
          const [first, second] = [`${input} first`, `${input} second`].map((label, at) => {
            return { output: labelOutput(label), confidence: 0.8 - 0.5 * at };
          });
          if (first === undefined || second === undefined) throw new Error('there are two');
          return { ...first, alternatives: input === 'one' ? [first, second] : [first] };
        });
      },
    };
    const ports = { ...plain, budgets: new MemoryBudgets(), predictors: new Map([['embedded', costly]]) };
    await putPlan(ports, { champion: sampleCheckpoint({ folds: null }), run: sampleRun({ budgetUsd: 4 }) });
    await writeJsonl(ports.objects, 'chunk.jsonl', pinned);
    const given = await answerTraces.run(
      { ...sampleHead, prepared: samplePrepared, chunk: { chunkId: 'chunk-0007', key: 'chunk.jsonl', records: 5 } },
      stageContext(ports),
    );
    if (!('answeredKey' in given)) throw new Error('it is not done');
    expect(given).toMatchObject({ chunkId: 'chunk-0007', notAsked: 1, notAskedUsd: 1 });
    const records = await readJsonl(ports.objects, given.answeredKey, snapshotRecordSchema);
    expect(records.map(({ traceId, answer, confidence, runnerUp }) => [traceId, answer, confidence, runnerUp])).toEqual(
      [
        ['t1', 'one first', 0.8, { output: 'one second', confidence: expect.closeTo(0.3, 9) }],
        ['t2', 'two first', 0.8, null],
        ['t3', 'three first', 0.8, null],
        ['t4', 'four first', 0.8, null],
      ],
    );
    expect(asked.map(({ alternatives }) => alternatives)).toEqual([2, 2]);
  });
});
