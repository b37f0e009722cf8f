import { expect, test } from 'vitest';
import { reviewFindings } from '../../../../shared/loop/inspect/review-findings.ts';
import { writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const change = { how: 'rename', from: 'spam', to: 'junk' } as const;
const model = sampleModel({
  task: classificationTask(['junk', 'ham']),
  changes: [{ at: '2026-01-01T00:00:00Z', by: 'ana', what: 'labels', change }],
});

test('the review queue reads what the last run found in the labels of today', async () => {
  const ports = memoryPorts();
  expect(await reviewFindings(model, ports)).toBeNull();
  await ports.lineage.putRun(sampleRun());
  expect(await reviewFindings(model, ports)).toBeNull();

  const { part: _part, ...record } = sampleRecord('t1');
  const counts = { passes: 1, failures: 0, unknown: 0, clean: 1, fixableNoise: 0, poison: 0, suspects: 0 };
  const output = { triagedKey: 'triaged.jsonl', ...counts };
  await writeJson(ports.objects, 'runs/m1/r1/0/triage-traces/all/completed.json', { output });
  await writeJsonl(ports.objects, 'triaged.jsonl', [record]);
  const findings = await reviewFindings(model, ports);
  expect(findings?.runId).toBe('r1');
  const junk = labelOutput('junk');
  expect(await findings?.records()).toMatchObject([{ traceId: 't1', recorded: junk, answer: junk, expected: junk }]);
});
