import { describe, expect, test } from 'vitest';
import { leaks } from '../../../shared/domain/evaluation/ledger.ts';
import { exampleSchema } from '../../../shared/domain/models/example.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { evaluateFirst } from '../../../shared/operations/evaluate-first.ts';
import { readJsonl } from '../../../shared/ports/documents.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import type { Trainer, TrainingRequest } from '../../../shared/ports/trainer.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';
import { embeddedModel, watched } from '../../helpers/training.ts';
import { bytesOf } from '../intake/bytes.ts';

/** Texts unlike each other. */
const text = (index: number) => `alpha${index} beta${index} gamma${index}`;
const spamOr = (index: number) => (index % 2 === 0 ? 'spam' : 'ham');

async function evaluate(
  lines: readonly { input: string; output: string }[],
  options: { answer?: (input: string) => string; trainer?: Partial<Trainer> } = {},
) {
  const { answer = () => 'spam' } = options;
  const memory = memoryPorts({ answer });
  const [plain] = memory.trainers.values();
  if (plain === undefined) throw new Error('no trainer');
  const requests: TrainingRequest[] = [];
  const seen: { readonly input: string; readonly folds: readonly number[] }[][] = [];
  const trainer = watched({ ...plain, ...options.trainer }, async (request) => {
    requests.push(request);
    seen.push(await readJsonl(memory.objects, request.datasetKey, exampleSchema));
  });
  const ports: Ports = { ...memory, trainers: new Map([[trainer.name, trainer]]) };
  const created = await createModel(
    {
      modelId: 'mail',
      task: 'classification',
      labels: [],
      ...embeddedModel,
      settings: {},
      seed: 1,
      by: 'ana',
      examples: bytesOf(lines.map((line) => JSON.stringify(line)).join('\n')),
    },
    ports,
  );
  const { checkpoint, dataset } = created;
  if (checkpoint === null || dataset === null) throw new Error('nothing was trained');
  const evaluation = await evaluateFirst({ checkpoint, dataset }, ports);
  return { evaluation, requests, seen, ports, checkpoint };
}

describe('evaluateFirst', () => {
  test('asks each example of a model of the other parts, and counts right answers by label', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => ({ input: text(index), output: spamOr(index) }));
    const { evaluation, requests, ports, checkpoint } = await evaluate(lines);
    expect(evaluation).toMatchObject({ method: 'cross-validation', metric: 'accuracy', value: 0.5, of: 40 });
    expect(evaluation?.lower).toBeCloseTo(0.3521, 3);
    expect(evaluation?.worst).toEqual([{ facet: 'ham', right: 0, of: 20 }]);
    expect(requests.map(({ folds }) => folds?.models.length ?? 0)).toEqual([0, 5]);
    const stored = await ports.lineage.getCheckpoint('mail', checkpoint.checkpointId);
    expect(stored).toEqual({ ...checkpoint, scores: { 'cross-validation': 0.5 } });
  });

  test('keeps near-duplicates together', async () => {
    const twins = Array.from({ length: 20 }, (_, index) => [
      { input: text(index), output: spamOr(index) },
      { input: `${text(index)}!`, output: spamOr(index) },
    ]).flat();
    const { seen } = await evaluate(twins);
    const placed = seen[1] ?? [];
    expect(placed).toHaveLength(40);
    expect(
      leaks(
        placed,
        placed.map(({ input, folds }) => ({ input, fold: folds[0] ?? -1 })),
      ),
    ).toEqual([]);
    expect(new Set(placed.map(({ folds }) => folds[0]))).toEqual(new Set([0, 2, 4, 6, 8]));
  });

  test('holds one part out where a training is dear, and trains on the others alone', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => ({ input: text(index), output: spamOr(index) }));
    const { evaluation, seen, requests } = await evaluate(lines, { trainer: { cost: 'dear', foldModels: 2 } });
    expect(evaluation).toMatchObject({ method: 'holdout', of: 8 });
    expect(seen[1]).toHaveLength(32);
    expect(requests[1]?.folds).toBeNull();
  });

  test('leaves nothing behind of what it trained', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => ({ input: text(index), output: spamOr(index) }));
    const { ports } = await evaluate(lines);
    expect(await ports.objects.list('models/mail/evaluations/')).toEqual([]);
  });

  test('says nothing of fewer than ten examples', async () => {
    const lines = Array.from({ length: 9 }, (_, index) => ({ input: text(index), output: spamOr(index) }));
    expect((await evaluate(lines)).evaluation).toBeNull();
  });
});
