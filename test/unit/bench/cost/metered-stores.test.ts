import { expect, test } from 'vitest';
import { meteredLineage, meteredObjects } from '../../../../bench/cost/metered-stores.ts';
import { noUsage } from '../../../../bench/cost/usage.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { MemoryLineageStore } from '../../../helpers/memory-lineage-store.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';

test('requests to the object store are counted as S3 prices them', async () => {
  const usage = noUsage();
  const objects = meteredObjects(new MemoryObjectStore(), usage);
  await objects.put('a/b', new Uint8Array(1));
  await objects.put('a/c', new Uint8Array(17 * 2 ** 20));
  await objects.putIfAbsent('a/b', new Uint8Array(1));
  await objects.list('a/');
  await objects.get('a/b');
  await objects.withLocalFile('a/b', async () => undefined);
  await objects.delete('a/b');
  // One PUT, two parts with beginning and end, one PUT, one LIST; two GETs.
  expect(usage).toMatchObject({ s3Writes: 7, s3Reads: 2 });
});

test('request units grow with the size of the item: 1 KiB a write, 4 KiB a read', async () => {
  const usage = noUsage();
  const lineage = meteredLineage(new MemoryLineageStore(), usage);
  await lineage.getModel('m1');
  expect(usage).toMatchObject({ tableReads: 1, tableWrites: 0 });
  const labels = Array.from({ length: 200 }, (_, index) => `a label of some length, number ${index}`);
  const model = sampleModel();
  await lineage.createModel({ ...model, task: classificationTask(labels) });
  expect(usage.tableWrites).toBeGreaterThanOrEqual(7);
});
