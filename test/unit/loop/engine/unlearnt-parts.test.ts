import { expect, test } from 'vitest';
import type { LabelChange } from '../../../../shared/domain/base/label-change.ts';
import type { Example } from '../../../../shared/domain/models/example.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { unlearntParts } from '../../../../shared/loop/engine/unlearnt-parts.ts';
import { writeJsonl } from '../../../../shared/ports/documents.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { samplePlan, sampleRecord } from '../../../helpers/record-samples.ts';

const split: LabelChange = { how: 'split', from: 'order', into: ['when', 'where'] };
const labelled = (traceId: string, label: string, change: Partial<SplitRecord> = {}) =>
  sampleRecord(traceId, { expected: labelOutput(label), ...change });
const example = (label: string): Example => ({
  exampleId: `example ${label}`,
  input: `text of ${label}`,
  output: labelOutput(label),
  weight: 1,
  slice: 'gold',
  provenance: { kind: 'file', line: 1 },
  folds: [],
});

/** What is missing to a model whose champion knows these labels. */
async function missing(
  change: LabelChange,
  { known = ['order', 'refund'], records = [] as SplitRecord[], examples = [] as Example[] } = {},
) {
  const ports = memoryPorts();
  await writeJsonl(ports.objects, 'parent-examples.jsonl', examples);
  const plan = samplePlan({
    champion: sampleCheckpoint({ task: classificationTask(known) }),
    model: sampleModel({
      task: classificationTask(['when', 'where', 'refund']),
      changes: [{ what: 'labels', change, at: '2026-01-01T00:00:00.000Z', by: 'ana' }],
    }),
  });
  return unlearntParts(plan, records, ports);
}

test('parts of a label that was split are missing until an example or a trace that trains is about them', async () => {
  expect(await missing(split)).toEqual(['when', 'where']);
  expect(await missing(split, { examples: [example('when')] })).toEqual(['where']);
  expect(await missing(split, { records: [labelled('t1', 'where')] })).toEqual(['when']);
  expect(await missing(split, { records: [labelled('t1', 'where')], examples: [example('when')] })).toEqual([]);
});

test('traces that train nothing teach no part', async () => {
  const records = [
    labelled('unjudged', 'when', { verdict: 'unknown' }),
    labelled('suspect', 'when', { triage: { category: 'suspect-judgement', kind: 'k', reason: '' } as never }),
    labelled('report', 'where', { use: 'report' }),
  ];
  expect(await missing(split, { records })).toEqual(['when', 'where']);
});

test('nothing is missing where no label that the champion knows was split', async () => {
  expect(await missing(split, { known: ['when', 'where', 'refund'] })).toEqual([]);
  expect(await missing({ how: 'add', labels: ['when'] })).toEqual([]);
});
