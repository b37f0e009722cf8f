import { describe, expect, test } from 'vitest';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { allFolds } from '../../../../shared/domain/evaluation/ledger.ts';
import { type Example, exampleSchema, type Provenance } from '../../../../shared/domain/models/example.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { assembleCurriculum } from '../../../../shared/loop/curriculum/assemble-curriculum.ts';
import { readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
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
}

/** The examples of the dataset, by input. */
async function assemble({ records, parent = [], preceding = [] }: Given) {
  const ports = memoryPorts();
  await putPlan(ports);
  await writeJsonl(ports.objects, 'records', records);
  await writeJsonl(ports.objects, 'parent-examples.jsonl', parent);
  await writeJsonl(ports.objects, 'preceding', preceding);
  await writeJsonl(ports.objects, 'earlier', []);
  await writeJson(ports.objects, 'taxonomy.json', { clusters: [], unclustered: 0, confusions: [], causes: {} });
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
        modes: ['extend'],
        preceding: { key: 'preceding', size: 0, right: 0 },
        earlier: { key: 'earlier', size: 0, right: 0 },
        correctedSets: 0,
      },
      parts: [],
      step: { number: 1, kind: 'first', move: 'first', historyKey: null },
    },
    stageContext(ports),
  );
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
