import { describe, expect, test } from 'vitest';
import { digest } from '../../../../shared/domain/base/ids.ts';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { allFolds } from '../../../../shared/domain/evaluation/ledger.ts';
import type { Dataset } from '../../../../shared/domain/models/dataset.ts';
import { type Example, exampleSchema, type Provenance } from '../../../../shared/domain/models/example.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { assembleCurriculum } from '../../../../shared/loop/curriculum/assemble-curriculum.ts';
import { readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const text = (name: string) => `${name} alpha${name} beta${name} gamma${name}`;
const recordOf = (name: string, change: Partial<SplitRecord> = {}) =>
  sampleRecord(name, { input: text(name), ...change });
const fails = { verdict: 'fail', answer: labelOutput('ham') } as const;
const suspect = { category: 'suspect-judgement', kind: 'k', reason: '' } as never;

function parentExample(name: string, provenance: Provenance, folds: readonly number[] = []): Example {
  return {
    exampleId: `example ${name}`,
    input: text(name),
    output: labelOutput('ham'),
    weight: 1,
    slice: 'gold',
    provenance,
    folds,
  };
}
const file: Provenance = { kind: 'file', line: 1 };
const trace = (traceId: string): Provenance => ({ kind: 'trace', traceId, judge: 'llm', clusterId: null, why: '' });

interface Given {
  readonly records: readonly SplitRecord[];
  readonly parent?: readonly Example[];
  readonly preceding?: readonly EvidenceRecord[];
  readonly earlier?: readonly EvidenceRecord[];
  readonly modes?: readonly Dataset['mode'][];
  /** Traces of failures that are in the one cluster, and what was chosen for it. */
  readonly cluster?: { readonly traceIds: readonly string[]; readonly selection: unknown };
}

/** The datasets, with the store that they are in. */
async function datasetsOf({ records, parent = [], preceding = [], earlier = [], modes = ['extend'], cluster }: Given) {
  const ports = memoryPorts();
  await putPlan(ports);
  await writeJsonl(ports.objects, 'records', records);
  await writeJsonl(ports.objects, 'parent-examples.jsonl', parent);
  await writeJsonl(ports.objects, 'preceding', preceding);
  await writeJsonl(ports.objects, 'earlier', earlier);
  const clusters = cluster === undefined ? [] : [sampleCluster({ traceIds: [...cluster.traceIds] })];
  await writeJson(ports.objects, 'taxonomy.json', { clusters, unclustered: 0, confusions: [], causes: {} });
  if (cluster !== undefined) await writeJson(ports.objects, 'selection', cluster.selection);
  const { datasets } = await assembleCurriculum.run(
    {
      ...sampleHead,
      prepared: samplePrepared,
      split: { recordsKey: 'records' },
      taxonomyKey: 'taxonomy.json',
      lineage: {
        champion: 'first',
        parentDatasetId: 'd1',
        parentExamples: parent.length,
        modes: [...modes],
        preceding: { key: 'preceding', size: 0, right: 0 },
        earlier: { key: 'earlier', size: 0, right: 0 },
        correctedSets: 0,
      },
      parts: cluster === undefined ? [] : [{ clusterId: 'c1', key: 'selection', gold: 1, hardNegatives: 0 }],
      step: { number: 1, kind: 'first', move: 'first', historyKey: null },
    },
    stageContext(ports),
  );
  return { ports, datasets };
}

/** The examples of the dataset, by input. */
async function assemble(given: Given) {
  const { ports, datasets } = await datasetsOf(given);
  const examples = await readJsonl(ports.objects, datasets[0]?.key ?? '', exampleSchema);
  return new Map(examples.map((example) => [example.input, example]));
}

const traffic = Array.from({ length: 30 }, (_, at) =>
  recordOf(`t${at}`, { folds: [at % 10], ...(at % 5 === 0 ? fails : {}) }),
);

describe('the dataset of an iteration', () => {
  test('has all judged traces that triage kept, each with the folds of its place', async () => {
    const examples = await assemble({
      records: [
        ...traffic,
        recordOf('everywhere', { folds: [], use: 'none' }),
        recordOf('two', { folds: [2, 5], use: 'none' }),
        recordOf('suspect', { triage: suspect }),
        recordOf('report', { folds: allFolds, use: 'report' }),
        recordOf('near-report', { folds: allFolds, use: 'none' }),
      ],
    });
    expect(examples.size).toBe(32);
    for (const { input, folds } of traffic) expect(examples.get(input)?.folds).toEqual(folds);
    expect(examples.get(text('everywhere'))?.folds).toEqual([]);
    expect(examples.get(text('two'))?.folds).toEqual([2, 5]);
  });

  test('hands on first examples and traces beyond the snapshot, but no trace that teaches nothing any more', async () => {
    const examples = await assemble({
      records: [...traffic, recordOf('doubted', { triage: suspect, folds: [4] })],
      parent: [
        parentExample('first', file),
        parentExample('beyond', trace('beyond'), [6]),
        parentExample('doubted', trace('doubted'), [4]),
        parentExample('t3', trace('t3'), [3]),
      ],
    });
    expect(examples.get(text('first'))).toMatchObject({ folds: [], provenance: file });
    expect(examples.get(text('beyond'))).toMatchObject({ folds: [6], provenance: { kind: 'parent' } });
    expect(examples.has(text('doubted'))).toBe(false);
    // What the run's own traces say of an input counts, not what was learnt of it.
    expect(examples.get(text('t3'))).toMatchObject({ output: 'spam', provenance: { kind: 'trace' } });
  });

  test('is refused where a trace would train the model that judges a frozen record of an earlier promotion', async () => {
    const frozen = sampleEvidence('frozen', { input: `${text('t7')} more`, folds: [2] });
    const fault = await rejection(assemble({ records: traffic, preceding: [frozen] }));
    expect(fault).toMatchObject({ name: 'LeakDetected', message: expect.stringContaining('"t7"') });
    const own = { ...frozen, folds: [7] };
    expect((await assemble({ records: traffic, preceding: [own] })).size).toBe(30);
  });
});

describe('the datasets of an iteration', () => {
  test('are one a mode, on record with their parent and iteration', async () => {
    const { ports, datasets } = await datasetsOf({
      records: traffic,
      parent: Array.from({ length: 90 }, (_, at) => parentExample(`first${at}`, file)),
      modes: ['initial', 'complement', 'extend'],
    });
    expect(datasets.map(({ mode }) => mode)).toEqual(['complement', 'extend']);
    for (const { datasetId, key, mode, examples } of datasets) {
      const bytes = (await ports.objects.get(key)) ?? new Uint8Array();
      expect((await readJsonl(ports.objects, key, exampleSchema)).length).toBe(examples);
      expect(await ports.lineage.getDataset('m1', datasetId)).toMatchObject({
        modelId: 'm1',
        parentId: 'd1',
        mode,
        runId: 'r1',
        iteration: 1,
        key,
        digest: digest(bytes),
        manifest: { examples },
        createdAt: '2026-01-01T00:00:00.000Z',
      });
    }
  });

  test('are one where both modes come to the same', async () => {
    const { datasets } = await datasetsOf({ records: traffic, modes: ['complement', 'extend'] });
    expect(new Set(datasets.map(({ datasetId }) => datasetId)).size).toBe(datasets.length);
    expect(datasets.map(({ mode }) => mode)).toEqual(['complement']);
  });

  test('have what was chosen for clusters, whose own failures are chosen there alone', async () => {
    const chosen = {
      input: text('chosen'),
      output: labelOutput('spam'),
      origin: 'probe',
      provenance: { kind: 'probe', probeId: 'q1', traceId: 't0', clusterId: 'c1' },
      judge: null,
      timestamp: null,
      rank: 0,
      margin: 0,
    };
    const examples = await assemble({
      records: traffic,
      cluster: {
        traceIds: ['t0'],
        selection: { clusterId: 'c1', cause: 'noise', gold: [chosen], hardNegatives: [], withoutNearPass: 0 },
      },
    });
    expect(examples.get(text('chosen'))).toMatchObject({ output: 'spam', provenance: { kind: 'probe' } });
    expect(examples.has(text('t0'))).toBe(false);
    // Failures of no cluster are corrected all the same.
    expect(examples.get(text('t5'))).toMatchObject({ provenance: { kind: 'trace', clusterId: 'rest' } });
  });

  test('say of a judged-right trace that its label fails, where it does', async () => {
    const right = Array.from({ length: 90 }, (_, at) =>
      recordOf(`h${at}`, { folds: [at % 10], answer: labelOutput('ham'), expected: labelOutput('ham') }),
    );
    const examples = [...(await assemble({ records: [...traffic, ...right] })).values()];
    const whysOf = (label: string) =>
      examples.flatMap(({ output, provenance }) =>
        output === labelOutput(label) && 'why' in provenance && provenance.why.startsWith('judged right')
          ? [provenance.why]
          : [],
      );
    expect(whysOf('spam').some((why) => why.includes('label fails'))).toBe(true);
    expect(whysOf('ham').length).toBeGreaterThan(0);
    expect(whysOf('ham').some((why) => why.includes('label fails'))).toBe(false);
  });

  test('never hold what promotions before the last one froze, in its fold', async () => {
    const frozen = sampleEvidence('frozen', { input: `${text('t7')} more`, folds: [2] });
    expect(await rejection(assemble({ records: traffic, earlier: [frozen] }))).toMatchObject({ name: 'LeakDetected' });
  });

  test('place a frozen trace that the log still has as the log does', async () => {
    const frozen = sampleEvidence('t7', { input: text('t7'), folds: [2] });
    expect((await assemble({ records: traffic, preceding: [frozen] })).get(text('t7'))?.folds).toEqual([7]);
  });
});
