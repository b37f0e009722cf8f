import { expect, test } from 'vitest';
import { type Probe, probeResultSchema } from '../../../../shared/domain/diagnosis/probe.ts';
import type { Taxonomy } from '../../../../shared/domain/diagnosis/taxonomy.ts';
import { confirmWeaknesses } from '../../../../shared/loop/diagnosis/confirm-weaknesses.ts';
import type { ProbeRequest } from '../../../../shared/ports/analyst.ts';
import { analystNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

test('a probe is answered by the model that has not seen the trace it is made of, and made of nothing for the report', async () => {
  const plain = memoryPorts({ answer: (_, { ref }) => ref });
  const records = [
    sampleRecord('t3', { folds: [3], part: 'probing' }),
    sampleRecord('t8', { folds: [8], part: 'probing' }),
    sampleRecord('first', { folds: [], use: 'none', part: 'probing' }),
    sampleRecord('report', { use: 'report', folds: [...Array(10).keys()], part: 'probing' }),
    sampleRecord('member', { verdict: 'fail', answer: labelOutput('ham') }),
  ];
  const made = (traceId: string): Probe => ({
    probeId: `probe of ${traceId}`,
    clusterId: 'c1',
    input: `about ${traceId}`,
    expected: labelOutput('spam'),
    traceId,
    method: 'variant',
  });
  const analyst = analystNamed('statistical', plain);
  const material: string[][] = [];
  const probing = {
    ...analyst,
    probes: doneAtOnce(async (request: ProbeRequest): Promise<readonly Probe[]> => {
      material.push(request.material.map(({ traceId }) => traceId));
      return request.material.map(({ traceId }) => made(traceId));
    }),
  };
  const ports = { ...plain, analysts: new Map([['statistical', probing]]) };
  await putPlan(ports, { champion: sampleCheckpoint({ folds: foldModels(10) }) });
  await writeJsonl(ports.objects, 'records', records);
  const taxonomy: Taxonomy = {
    clusters: [sampleCluster({ cause: 'label-confusion', traceIds: ['member'] })],
    unclustered: 0,
    confusions: [],
    causes: {},
  };
  await writeJson(ports.objects, 'taxonomy.json', taxonomy);
  const output = await confirmWeaknesses.run(
    {
      ...sampleHead,
      item: 'c1',
      prepared: samplePrepared,
      split: { recordsKey: 'records' },
      taxonomyKey: 'taxonomy.json',
      cluster: { clusterId: 'c1', size: 1 },
    },
    stageContext(ports),
  );
  if (!('probesKey' in output)) throw new Error('it is not done');
  const results = await readJsonl(ports.objects, output.probesKey, probeResultSchema);
  expect(material).toEqual([['t3', 't8', 'first']]);
  expect(results.map(({ traceId, answer }) => [traceId, answer])).toEqual([
    ['t3', 'part-3'],
    ['t8', 'part-8'],
    ['first', 'artifacts/c1'],
  ]);
});
