import { afterAll, beforeAll, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import { type LabelledLine, samples } from '../helpers/made-up-traffic.ts';
import {
  answeredTraffic,
  championOf,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';

let workspace: Workspace & { dispose(): Promise<void> };

beforeAll(async () => {
  workspace = await makeWorkspace();
  await createSupportModel(workspace, { enoughFailures: 5, enoughRecords: 20 });
});
afterAll(() => workspace.dispose());

it('a run does not train again what a person has called wrong of all that the champion learnt', async () => {
  const { lineage, objects } = workspace.ports;
  const first = await lineage.getDataset(modelId, (await championOf(workspace)).datasetId);
  const learnt = await readJsonl(objects, first?.key ?? '', exampleSchema);
  const doubted = learnt.slice(0, 10).map(
    ({ input, output }, index): LabelledLine => ({
      traceId: `doubted-${index}`,
      timestamp: '2026-03-01T09:30:00Z',
      modelId,
      input,
      output: labelOf(output),
      verdict: 'fail',
      judge: { kind: 'human', id: 'ana', reason: 'not that' },
    }),
  );
  const traffic = samples(400, 0.4, workspace.ports.random.stream(1, 'traffic'));
  const inputs = new Set(doubted.map(({ input }) => input));
  const judged = await answeredTraffic(workspace, traffic, 'day1');
  await ingest(workspace, [...doubted, ...judged.filter(({ input }) => !inputs.has(input))]);

  const { run, reason } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
  expect(reason).not.toMatch(/too little evidence/i);

  const datasets = (await lineage.listDatasets(modelId)).filter((dataset) => dataset.runId === run);
  expect(datasets.length).toBeGreaterThan(0);
  for (const { key } of datasets) {
    const trained = (await readJsonl(objects, key, exampleSchema)).map(({ input }) => input);
    expect(trained.filter((input) => inputs.has(input))).toEqual([]);
    expect(learnt.slice(10).filter(({ input }) => trained.includes(input)).length).toBeGreaterThan(20);
  }
});
