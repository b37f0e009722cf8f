import { describe, expect, it } from 'vitest';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { passesOf, probingRecords, readCluster, readTrainingRecords } from '../../../../shared/loop/state/material.ts';
import { writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';

const recordsKey = 'records.jsonl';
const failed = { verdict: 'fail' } as const;
const poison = { category: 'poison', kind: 'gibberish', reason: '' } as const;

async function training(records: readonly SplitRecord[]) {
  const ports = memoryPorts();
  await writeJsonl(ports.objects, recordsKey, records);
  return readTrainingRecords({ recordsKey }, ports);
}

const idsOf = (records: readonly { readonly traceId: string }[]) => records.map(({ traceId }) => traceId);

describe('what a run may train on', () => {
  it('is usable, and not kept for the report', async () => {
    const found = await training([
      sampleRecord('t1'),
      sampleRecord('poison', { triage: poison }),
      sampleRecord('kept', { use: 'report' }),
      sampleRecord('t2', failed),
    ]);
    expect(idsOf(found)).toEqual(['t1', 't2']);
    expect(idsOf(passesOf(found))).toEqual(['t1']);
    expect(passesOf(found)).toBe(passesOf(found));
  });

  it('is read once for all that ask in one process, and anew of another file or another store', async () => {
    const ports = memoryPorts();
    await writeJsonl(ports.objects, recordsKey, [sampleRecord('t1')]);
    await writeJsonl(ports.objects, 'other.jsonl', [sampleRecord('t2')]);
    const [first, again] = await Promise.all([1, 2].map(() => readTrainingRecords({ recordsKey }, ports)));
    expect(again).toBe(first);
    expect(idsOf(await readTrainingRecords({ recordsKey: 'other.jsonl' }, ports))).toEqual(['t2']);
    expect(idsOf(await training([sampleRecord('t3')]))).toEqual(['t3']);
  });

  it('is read again after it could not be read', async () => {
    const ports = memoryPorts();
    expect(await rejection(readTrainingRecords({ recordsKey }, ports))).toMatchObject({ name: 'ObjectMissing' });
    await writeJsonl(ports.objects, recordsKey, [sampleRecord('t1')]);
    expect(await readTrainingRecords({ recordsKey }, ports)).toHaveLength(1);
  });
});

describe('what clusters are probed from', () => {
  it('is what the clustering did not see, and of what it saw the passes', async () => {
    const records = await training([
      sampleRecord('seen'),
      sampleRecord('seen failing', failed),
      sampleRecord('unseen', { part: 'probing' }),
      sampleRecord('unseen failing', { ...failed, part: 'probing' }),
      sampleRecord('more'),
    ]);
    const found = probingRecords(records);
    expect(idsOf(found.passes)).toEqual(['seen', 'more']);
    expect(idsOf(found.material)).toEqual(['unseen', 'unseen failing']);
    expect(found.baseRate).toBe(0.4);
    expect(found.places.get('unseen')).toBe(2);
    expect(probingRecords(records)).toBe(found);
  });

  it('has no base rate where there is nothing', () => {
    expect(probingRecords([])).toMatchObject({ passes: [], material: [], baseRate: 0 });
  });
});

describe('a cluster of the taxonomy', () => {
  it('is found by its id; one that is not there is named', async () => {
    const ports = memoryPorts();
    const clusters = [sampleCluster({ clusterId: 'k1' }), sampleCluster({ clusterId: 'k2', title: 'second' })];
    await writeJson(ports.objects, 'taxonomy.json', { clusters, unclustered: 0, confusions: [], causes: {} });
    expect(await readCluster('taxonomy.json', 'k2', ports)).toMatchObject({ title: 'second' });
    expect(await rejection(readCluster('taxonomy.json', 'k3', ports))).toMatchObject({
      name: 'ObjectMissing',
      message: 'Cluster k3 is not in the taxonomy taxonomy.json.',
    });
  });
});
