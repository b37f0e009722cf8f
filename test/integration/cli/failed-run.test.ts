import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../../cli/workspace.ts';
import { sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { ratchetInProcess } from './in-process.ts';

test('report says why a run failed that has no report, and how to mend it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const workspace = await openWorkspace(root, {
    observer: { progress: () => undefined, note: () => undefined },
    create: true,
  });
  const failure = { name: 'TrainingFailed', cause: 'No example is left to train on.', mend: 'Bring in more.' };
  await workspace.ports.lineage.createModel(sampleModel());
  await workspace.ports.lineage.putRun(sampleRun({ status: 'failed', reportKey: null, failure }));
  await workspace.close();
  const ended = await ratchetInProcess(['report', sampleRun().runId, '--workspace', root]);
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain('it failed, as TrainingFailed: No example is left to train on.');
  expect(ended.stderr).toContain('Bring in more.');
  await rm(root, { recursive: true });
});
