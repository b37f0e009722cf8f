import { expect, test } from 'vitest';
import type { Run } from '../../../../shared/domain/models/run.ts';
import { lastFindings } from '../../../../shared/loop/inspect/last-findings.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { sampleRun } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';

const counts = { passes: 1, failures: 2, unknown: 0, clean: 3, fixableNoise: 0, poison: 0, suspects: 0 };
const triagedBy = (runId: string) => ({ triagedKey: `${runId}/triaged.jsonl`, ...counts });

async function begin(ports: MemoryPorts, runId: string, minute: number): Promise<Run> {
  const startedAt = `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
  const run = sampleRun({ runId, startedAt });
  await ports.lineage.putRun(run);
  return run;
}

const complete = ({ objects }: MemoryPorts, runId: string, stage: string, output: unknown) =>
  writeJson(objects, `runs/m1/${runId}/0/${stage}/all/completed.json`, { inputDigest: 'd', output });

test('the newest run that came as far as triage tells, with the taxonomy that it found', async () => {
  const ports = memoryPorts();
  const runs = [await begin(ports, 'r1', 1), await begin(ports, 'r2', 2), await begin(ports, 'r3', 3)] as const;
  expect(await lastFindings('m1', ports)).toBeNull();

  await complete(ports, 'r1', 'triage-traces', triagedBy('r1'));
  await complete(ports, 'r1', 'build-taxonomy', { taxonomyKey: 'r1/taxonomy.json', clusters: [], unclustered: 0 });
  expect(await lastFindings('m1', ports)).toEqual({
    run: runs[0],
    triaged: { ...triagedBy('r1'), judgesKey: null },
    taxonomyKey: 'r1/taxonomy.json',
  });

  await complete(ports, 'r2', 'triage-traces', triagedBy('r2'));
  expect(await lastFindings('m1', ports)).toMatchObject({ run: { runId: 'r2' }, taxonomyKey: null });
  expect(await lastFindings('m2', ports)).toBeNull();
});

test('only the newest fifty runs are asked', async () => {
  const ports = memoryPorts();
  await begin(ports, 'old', 0);
  await complete(ports, 'old', 'triage-traces', triagedBy('old'));
  for (let minute = 1; minute < 50; minute += 1) await begin(ports, `r${minute}`, minute);
  expect((await lastFindings('m1', ports))?.run.runId).toBe('old');
  await begin(ports, 'r50', 50);
  expect(await lastFindings('m1', ports)).toBeNull();
});
