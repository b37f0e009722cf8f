import { beforeEach, describe, expect, test } from 'vitest';
import { digest } from '../../../shared/domain/base/ids.ts';
import { datasetIdOf } from '../../../shared/domain/curriculum/example-id.ts';
import type { EvaluationItem, EvaluationSet } from '../../../shared/domain/evaluation/evaluation-set.ts';
import type { Dataset } from '../../../shared/domain/models/dataset.ts';
import { type Example, exampleSchema } from '../../../shared/domain/models/example.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { erasedNoteKey } from '../../../shared/operations/erase/erasure-record.ts';
import { readDataset, readFrozenSet } from '../../../shared/operations/stored-records.ts';
import { encodeJsonl, readJsonl, writeJson, writeJsonl } from '../../../shared/ports/documents.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleDataset, sampleEvaluationSet } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { embeddedModel } from '../../helpers/training.ts';
import { bytesOf } from '../intake/bytes.ts';

let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

const turned = (example: Example): Example => ({ ...example, output: labelOutput('turned') });

describe('the examples of a dataset', () => {
  let dataset: Dataset;
  let examples: readonly Example[];
  beforeEach(async () => {
    const file = bytesOf('{"input":"win","output":"spam"}\n{"input":"lunch","output":"ham"}');
    const request = { modelId: 'mail', task: 'classification', labels: [], examples: file, settings: {} };
    await createModel({ ...request, ...embeddedModel, seed: 1, by: 'ana' }, ports);
    const [first] = await ports.lineage.listDatasets('mail');
    if (first === undefined) throw new Error('no dataset');
    dataset = first;
    examples = await readJsonl(ports.objects, dataset.key, exampleSchema);
  });

  const tampering: readonly (readonly [string, (examples: readonly Example[]) => readonly Example[]])[] = [
    ['emptied', () => []],
    ['halved', (all) => all.slice(0, 1)],
    ['of other labels', (all) => all.map(turned)],
    ['of another order', (all) => all.toReversed()],
    ['of another weight', (all) => all.map((one) => ({ ...one, weight: 9 }))],
  ];
  test.each(tampering)('are not read %s', async (_, tamper) => {
    expect(await readDataset(dataset, ports)).toEqual(examples);
    await writeJsonl(ports.objects, dataset.key, tamper(examples));
    const error = await rejection(readDataset(dataset, ports));
    expect(error.name).toBe('CorruptArtifact');
    expect(error.message).toContain(dataset.key);
    expect(error.mend).toContain('backup');
  });

  test('of a version without digests are held against the id', async () => {
    const { digest: _, ...older } = dataset;
    expect(await readDataset(older, ports)).toEqual(examples);
    await writeJsonl(ports.objects, dataset.key, examples.map(turned));
    expect((await rejection(readDataset(older, ports))).name).toBe('CorruptArtifact');

    const assembled = sampleDataset({ datasetId: datasetIdOf(examples), key: 'models/mail/datasets/x.jsonl' });
    await writeJsonl(ports.objects, assembled.key, examples);
    expect(await readDataset(assembled, ports)).toEqual(examples);
    await writeJsonl(ports.objects, assembled.key, examples.slice(1));
    expect((await rejection(readDataset(assembled, ports))).name).toBe('CorruptArtifact');
  });

  test('are read as erasing left them, and no otherwise', async () => {
    const left = examples.slice(1);
    const note = { schemaVersion: 1, erased: 1, digests: [digest(encodeJsonl(left))] };
    await writeJson(ports.objects, erasedNoteKey(dataset.key), note);
    // Erasing may have been broken off after its note.
    expect(await readDataset(dataset, ports)).toEqual(examples);
    await writeJsonl(ports.objects, dataset.key, left);
    expect(await readDataset(dataset, ports)).toEqual(left);
    await writeJsonl(ports.objects, dataset.key, left.map(turned));
    expect((await rejection(readDataset(dataset, ports))).name).toBe('CorruptArtifact');
    await writeJson(ports.objects, erasedNoteKey(dataset.key), { schemaVersion: 1, erased: 1 });
    expect(await readDataset(dataset, ports)).toHaveLength(1);
    await writeJsonl(ports.objects, dataset.key, []);
    expect((await rejection(readDataset(dataset, ports))).name).toBe('CorruptArtifact');
  });
});

describe('frozen records', () => {
  const items: readonly EvaluationItem[] = [true, false].map((right, at) => ({
    exampleId: `t${at}`,
    input: `text ${at}`,
    expected: labelOutput('spam'),
    right,
  }));
  const key = 'models/m1/evaluation-sets/c1/r1/records.v1.jsonl';
  const set: EvaluationSet = sampleEvaluationSet({ key, size: 2, right: 1, digest: digest(encodeJsonl(items)) });
  beforeEach(() => writeJsonl(ports.objects, key, items));

  test.each<readonly [string, readonly EvaluationItem[]]>([
    ['emptied', []],
    ['halved', items.slice(1)],
    ['of other labels', items.map((item) => ({ ...item, expected: labelOutput('ham') }))],
    ['with other answers on record', items.map((item) => ({ ...item, right: !item.right }))],
  ])('are not read %s', async (_, tampered) => {
    expect(await readFrozenSet(set, ports)).toEqual(items);
    await writeJsonl(ports.objects, key, tampered);
    expect((await rejection(readFrozenSet(set, ports))).name).toBe('CorruptArtifact');
  });

  test('of a version without digests are held against their counts', async () => {
    const { digest: _, ...older } = set;
    expect(await readFrozenSet(older, ports)).toEqual(items);
    await writeJsonl(ports.objects, key, items.slice(1));
    expect((await rejection(readFrozenSet(older, ports))).name).toBe('CorruptArtifact');
    await writeJson(ports.objects, erasedNoteKey(key), { schemaVersion: 1, erased: 1 });
    expect(await readFrozenSet(older, ports)).toHaveLength(1);
  });
});
