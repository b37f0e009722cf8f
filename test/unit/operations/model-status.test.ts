import { beforeEach, describe, expect, test } from 'vitest';
import { digest } from '../../../shared/domain/base/ids.ts';
import { moveChampion, takeLease } from '../../../shared/domain/models/control.ts';
import type { Judgement } from '../../../shared/domain/traces/judgement.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { modelStatus } from '../../../shared/operations/model-status.ts';
import { missingToCompare } from '../../../shared/operations/since-promotion.ts';
import { encodeJsonl, writeJsonl } from '../../../shared/ports/documents.ts';
import type { Predictor } from '../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const modelId = 'm1';
let ports: MemoryPorts;

/** The first checkpoint answers ham always, the second one spam where it reads `win`, the third spam always. */
function answerOf(ref: string, input: string): string {
  if (ref === 'third') return 'spam';
  return ref === 'second' && input.includes('win') ? 'spam' : 'ham';
}

beforeEach(async () => {
  const memory = memoryPorts();
  const [known] = memory.predictors.values();
  if (known === undefined) throw new Error('no predictor');
  const predictor: Predictor = {
    ...known,
    async predict({ ref }, inputs) {
      return inputs.map((input) => ({ output: labelOutput(answerOf(ref, input)), confidence: 0.9, alternatives: [] }));
    },
  };
  ports = { ...memory, predictors: new Map([[predictor.name, predictor]]) };
  await ports.lineage.createModel(sampleModel());
  for (const checkpointId of ['first', 'second', 'third']) {
    const ids = { datasetId: `d-${checkpointId}`, key: `datasets/${checkpointId}.jsonl` };
    const dataset = sampleDataset({ ...ids, digest: digest(encodeJsonl([])) });
    await writeJsonl(ports.objects, dataset.key, []);
    await ports.lineage.putDataset(dataset);
    const served = { predictor: predictor.name, ref: checkpointId, digest: null };
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId, datasetId: dataset.datasetId, served }));
  }
});

async function move(to: string, kind: 'create' | 'promote' | 'rollback', by: string): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await updateControl(modelId, ports, (control) => moveChampion(control, { at, to, kind, by, reason: 'x' }));
}

/** A promotion by a run that begins a minute before it ends. */
async function promote(to: string, runId: string): Promise<void> {
  const startedAt = new Date(ports.clock.now()).toISOString();
  await ports.lineage.putRun(sampleRun({ runId, startedAt, status: 'finished', decision: 'promoted', reason: 'gain' }));
  ports.clock.advance(60_000);
  await move(to, 'promote', runId);
}

let batches = 0;
/** Traces of these inputs, a second later; the right output is spam where the input says `win`, and no other is. */
async function arrive(inputs: readonly string[], judged: (index: number) => Partial<Judgement> | null = () => ({})) {
  ports.clock.advance(1_000);
  const timestamp = new Date(ports.clock.now()).toISOString();
  const traces = inputs.map((input, index) => ({
    traceId: `${batches}-${index}`,
    timestamp,
    modelId,
    input,
    output: labelOutput('ham'),
  }));
  const judgements = traces.flatMap(({ traceId, input }, index): Judgement[] => {
    const change = judged(index);
    if (change === null) return [];
    const expected = labelOutput(input.includes('win') ? 'spam' : 'ham');
    const judge = { kind: 'human' as const, id: 'ana', reason: '' };
    return [{ judgementId: traceId, traceId, verdict: null, expected, judge, judgedAt: timestamp, ...change }];
  });
  await ports.traceLog.append(modelId, `batch-${batches}`, { traces, judgements });
  batches += 1;
}

/** Inputs that are near no other. */
const inputs = (name: string, count: number, what = '') =>
  Array.from({ length: count }, (_, index) => `${name}${index} a${name}${index} b${name}${index} ${what}`.trim());

describe('modelStatus', () => {
  test('holds the champion beside its predecessor on what came after the run began', async () => {
    await move('first', 'create', 'ana');
    await arrive(inputs('old', 30, 'win'));
    const began = ports.clock.now();
    await promote('second', 'r7');
    await arrive([...inputs('x', 9, 'win'), ...inputs('y', 15)]);
    const { move: last, since, lastRun, active } = await modelStatus(modelId, ports);
    expect(last).toMatchObject({ to: 'second', from: 'first', by: 'r7', kind: 'promote' });
    expect(Date.parse(last?.at ?? '')).toBe(began + 60_000);
    expect(since).toMatchObject({ judged: 24, nearEarlier: 0, undecided: 0, repeated: 0, gained: 9, lost: 0 });
    expect(since?.champion).toMatchObject({ right: 24, of: 24, upper: 1 });
    expect(since?.predecessor).toMatchObject({ right: 15, of: 24 });
    expect(since?.predecessor?.lower).toBeCloseTo(0.4271, 4);
    expect(since?.better).toBeCloseTo(1 / 2 ** 9, 10);
    expect(since?.worse).toBe(1);
    expect(lastRun?.runId).toBe('r7');
    expect(active).toBeNull();
  });

  test('counts traces that came while the promoting run worked', async () => {
    await move('first', 'create', 'ana');
    await ports.lineage.putRun(sampleRun({ runId: 'r7', startedAt: new Date(ports.clock.now()).toISOString() }));
    await arrive(inputs('x', 21));
    await move('second', 'promote', 'r7');
    expect((await modelStatus(modelId, ports)).since?.judged).toBe(21);
  });

  test('tells which is worse', async () => {
    await move('second', 'create', 'ana');
    await promote('third', 'r7');
    await arrive([...inputs('x', 12), ...inputs('y', 10, 'win')]);
    const { since } = await modelStatus(modelId, ports);
    expect(since).toMatchObject({ gained: 0, lost: 12, better: 1 });
    expect(since?.worse).toBeCloseTo(1 / 2 ** 12, 10);
  });

  test('leaves out what is near earlier traces or what either was trained on, and counts near-duplicates once', async () => {
    await move('first', 'create', 'ana');
    await arrive(['please send me the money right now today'], () => null);
    const trained = [
      {
        exampleId: 'e',
        input: 'click here to win a holiday in the sun',
        output: labelOutput('spam'),
        weight: 1,
        slice: 'gold',
        provenance: { kind: 'file', line: 1 },
        folds: [],
      },
    ];
    await writeJsonl(ports.objects, 'datasets/second.jsonl', trained);
    const found = await ports.lineage.getDataset('m1', 'd-second');
    if (found === undefined) throw new Error('no dataset');
    const relearnt = { ...found, digest: digest(encodeJsonl(trained)) };
    const getDataset = ports.lineage.getDataset.bind(ports.lineage);
    Object.assign(ports.lineage, {
      getDataset: async (modelId: string, id: string) => (id === 'd-second' ? relearnt : getDataset(modelId, id)),
    });
    await promote('second', 'r7');
    await arrive([
      'Please send me the MONEY right now, today!',
      'click here to win a holiday in the sun',
      ...inputs('x', 3),
      ...inputs('x', 3),
    ]);
    const { since } = await modelStatus(modelId, ports);
    expect(since).toMatchObject({ judged: 8, nearEarlier: 2, repeated: 3, champion: { of: 3 } });
  });

  test('leaves out what nobody judged, and pairs of which one answer is unknown to be right', async () => {
    await move('first', 'create', 'ana');
    await promote('third', 'r7');
    const wrong = { verdict: 'fail' } as const;
    await arrive(inputs('x', 4), (index) =>
      index === 0 ? null : index === 1 ? { ...wrong, expected: undefined } : {},
    );
    const { since } = await modelStatus(modelId, ports);
    // The recorded answer was ham: the predecessor's, so known to be wrong; of the champion's, spam, nothing is known.
    expect(since).toMatchObject({ judged: 3, undecided: 1, champion: { of: 2 } });
  });

  test('has no predecessor to compare the first checkpoint with, which has seen no traffic', async () => {
    await arrive(inputs('x', 25, 'win'));
    await move('first', 'create', 'ana');
    const { since, lastRun } = await modelStatus(modelId, ports);
    expect(since).toMatchObject({ judged: 25, predecessor: null, gained: 0, lost: 0, better: null, worse: null });
    expect(since?.champion).toMatchObject({ right: 0, of: 25, lower: 0 });
    expect(lastRun).toBeNull();
  });

  test('counts from the hand that moved the champion back', async () => {
    await move('first', 'create', 'ana');
    await promote('third', 'r7');
    await arrive(inputs('x', 5));
    await move('first', 'rollback', 'ana');
    await arrive(inputs('y', 6));
    const { move: last, since } = await modelStatus(modelId, ports);
    expect(last).toMatchObject({ kind: 'rollback', from: 'third' });
    expect(since).toMatchObject({ judged: 6, gained: 6 });
    expect(since === null ? 0 : missingToCompare(since)).toBe(14);
  });

  test('tells of the progress of both answers', async () => {
    await move('first', 'create', 'ana');
    await promote('second', 'r7');
    await arrive(inputs('x', 600));
    const told: (readonly [number, number])[] = [];
    await modelStatus(modelId, ports, { onProgress: (done, total) => told.push([done, total]) });
    expect(told).toEqual([
      [512, 1_200],
      [600, 1_200],
      [1_112, 1_200],
      [1_200, 1_200],
    ]);
  });

  test('names the run that is going on, and none whose lease ran out', async () => {
    await move('first', 'create', 'ana');
    await updateControl(modelId, ports, (control) => {
      const answer = takeLease(control, { runId: 'r8', owner: 'host:1', now: ports.clock.now(), minutes: 15 });
      return answer.granted ? answer.next : null;
    });
    expect((await modelStatus(modelId, ports)).active).toMatchObject({ runId: 'r8', owner: 'host:1' });
    ports.clock.advance(16 * 60_000);
    expect((await modelStatus(modelId, ports)).active).toBeNull();
  });

  test('says nothing of a champion where there is none, and refuses an unknown model', async () => {
    expect(await modelStatus(modelId, ports)).toEqual({
      modelId,
      move: null,
      since: null,
      watched: null,
      lastRun: null,
      active: null,
    });
    await expect(modelStatus('nobody', ports)).rejects.toMatchObject({ name: 'UnknownModel' });
  });
});
