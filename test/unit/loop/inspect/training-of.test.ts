import { describe, expect, test } from 'vitest';
import { digest } from '../../../../shared/domain/base/ids.ts';
import type { Dataset } from '../../../../shared/domain/models/dataset.ts';
import type { Example, Provenance } from '../../../../shared/domain/models/example.ts';
import { labelReadingOf } from '../../../../shared/domain/models/model-change.ts';
import { nearestExamples, provenanceInWords, taughtBy } from '../../../../shared/loop/inspect/training-of.ts';
import { encodeJsonl } from '../../../../shared/ports/documents.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';

const change = { how: 'rename', from: 'spam', to: 'junk' } as const;
const changes = [{ at: '2026-01-01T00:00:00Z', by: 'ana', what: 'labels', change }] as const;
const reading = labelReadingOf({ changes }, classification);
const fromFile: Provenance = { kind: 'file', line: 3 };
const ofTrace: Provenance = { kind: 'synthesis', method: 'paraphrase', traceId: 't1', clusterId: 'k1' };

const example = (input: string, change: Partial<Example> = {}): Example => ({
  exampleId: `example ${input}`,
  input,
  output: labelOutput('spam'),
  weight: 1,
  slice: 'gold',
  provenance: fromFile,
  folds: [],
  ...change,
});

/** A dataset whose id is its place in time. */
async function put(ports: MemoryPorts, at: number, examples: readonly Example[]): Promise<Dataset> {
  const datasetId = `d${String(at).padStart(2, '0')}`;
  const key = `datasets/${datasetId}.jsonl`;
  const bytes = encodeJsonl(examples);
  const createdAt = `2026-01-01T00:${String(at).padStart(2, '0')}:00.000Z`;
  const dataset = sampleDataset({ datasetId, key, digest: digest(bytes), createdAt, runId: `r${at}` });
  await ports.objects.put(key, bytes);
  await ports.lineage.putDataset(dataset);
  return dataset;
}

describe('the examples nearest to an input', () => {
  const checkpoint = sampleCheckpoint({ datasetId: 'd01' });

  test('are those of the dataset that the checkpoint was trained on, nearest first, in the labels of today', async () => {
    const ports = memoryPorts();
    await put(ports, 1, [
      example('where is the meeting room'),
      example('cheap watches for sale', { weight: 2, slice: 'hard-negative' }),
      example('cheap watches', { provenance: ofTrace }),
    ]);
    await put(ports, 2, [example('cheap watches of another dataset')]);
    const found = await nearestExamples('m1', checkpoint, 'cheap watches', reading, ports);
    expect(found).toMatchObject([
      { input: 'cheap watches', same: true, from: 'paraphrase of trace t1', slice: 'gold', weight: 1 },
      { input: 'cheap watches for sale', same: false, slice: 'hard-negative', weight: 2 },
    ]);
    expect(found.map(({ output }) => output)).toEqual([labelOutput('junk'), labelOutput('junk')]);
    expect(found[0]?.similarity).toBeCloseTo(1);
    expect(found[1]?.similarity).toBeLessThan(1);
  });

  test('are five at most, and none where the dataset is not on record', async () => {
    const ports = memoryPorts();
    expect(await nearestExamples('m1', checkpoint, 'cheap', null, ports)).toEqual([]);
    await put(
      ports,
      1,
      ['one', 'two', 'three', 'four', 'five', 'six'].map((word) => example(`cheap ${word}`)),
    );
    const found = await nearestExamples('m1', checkpoint, 'cheap', null, ports);
    expect(found).toHaveLength(5);
    expect(found[0]?.output).toEqual(labelOutput('spam'));
  });
});

describe('what an input has taught', () => {
  const what = { modelId: 'm1', traceId: 't1', input: 'cheap watches', checkpoints: [], reading: null };

  test('is told of each example of its text or its trace, newest dataset first, with the checkpoints trained on it', async () => {
    const ports = memoryPorts();
    const old = await put(ports, 1, [example('cheap watches'), example('nothing alike')]);
    const made = example('made of it', { provenance: ofTrace, folds: [2, 3], weight: 0.5, slice: 'hard-negative' });
    const other: Provenance = { ...ofTrace, traceId: 't2' };
    const young = await put(ports, 2, [made, example('made of another', { provenance: other })]);
    const trained = (checkpointId: string, { datasetId }: Dataset) => sampleCheckpoint({ checkpointId, datasetId });
    const checkpoints = [trained('c3', young), trained('c2', old), trained('c1', old)];
    expect(await taughtBy({ ...what, checkpoints, reading }, ports)).toEqual({
      taught: [
        {
          dataset: young,
          slice: 'hard-negative',
          weight: 0.5,
          output: labelOutput('junk'),
          from: 'paraphrase of trace t1',
          folds: [2, 3],
          checkpointIds: ['c3'],
        },
        {
          dataset: old,
          slice: 'gold',
          weight: 1,
          output: labelOutput('junk'),
          from: 'line 3 of the first examples',
          folds: [],
          checkpointIds: ['c1', 'c2'],
        },
      ],
      leftOut: 0,
    });
  });

  test('of a text that is no trace is by its text alone', async () => {
    const ports = memoryPorts();
    await put(ports, 1, [example('made of it', { provenance: ofTrace }), example('from a file')]);
    expect((await taughtBy({ ...what, traceId: null }, ports)).taught).toEqual([]);
  });

  test('is looked for in the thirty newest datasets, and those left out are counted', async () => {
    const ports = memoryPorts();
    for (let at = 1; at <= 32; at += 1) await put(ports, at, [example('cheap watches')]);
    const { taught, leftOut } = await taughtBy(what, ports);
    expect(taught).toHaveLength(30);
    expect([taught[0]?.dataset.datasetId, taught.at(-1)?.dataset.datasetId]).toEqual(['d32', 'd03']);
    expect(leftOut).toBe(2);
  });
});

test.each<[Provenance, string]>([
  [
    { kind: 'trace', traceId: 't1', judge: 'human', clusterId: null, why: 'corrected' },
    'trace t1, judged by human: corrected',
  ],
  [{ kind: 'trace', traceId: 't1', judge: null, clusterId: null, why: 'kept' }, 'trace t1: kept'],
  [{ kind: 'parent', datasetId: 'd1', exampleId: 'e1' }, 'dataset d1 of the champion before'],
  [{ kind: 'file', line: 7 }, 'line 7 of the first examples'],
  [{ kind: 'probe', probeId: 'p1', traceId: 't1', clusterId: 'k1' }, 'probe made of trace t1'],
  [ofTrace, 'paraphrase of trace t1'],
  [
    { ...ofTrace, method: 'written', by: { runId: 'r1', agentId: 'writer', turn: 2 } },
    'written after trace t1 by agent writer, turn 2',
  ],
])('says where an example comes from: %#', (provenance, words) => {
  expect(provenanceInWords(provenance)).toBe(words);
});
