import { z } from 'zod';
import { gateFileSchema } from '../../../shared/loop/state/gate-result.ts';
import { splitSchema } from '../../../shared/loop/state/split.ts';
import { readJson } from '../../../shared/ports/documents.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import type { RunRecord } from './unit-result.ts';

const completedSplit = z.object({ output: splitSchema });

/** Failures after triage, and records of evidence, that a run had. */
export async function readSplit(
  modelId: string,
  runId: string,
  ports: Ports,
): Promise<Pick<RunRecord, 'failures' | 'records'>> {
  const key = `runs/${modelId}/${runId}/0/split-traces/all/completed.json`;
  const { output } = await readJson(ports.objects, key, completedSplit);
  return { failures: output.failures, records: output.evidence.size };
}

/** What the gate weighed of every candidate, iteration by iteration. */
export async function readGates(modelId: string, runId: string, ports: Ports): Promise<RunRecord['gate']> {
  const keys = (await ports.objects.list(`runs/${modelId}/${runId}/`)).filter((key) => key.endsWith('/gate.json'));
  const files = await Promise.all(keys.map((key) => readJson(ports.objects, key, gateFileSchema)));
  return files.flatMap(({ candidates }, iteration) =>
    candidates.map(({ score, championScore, verdict }) => ({
      iteration: iteration + 1,
      candidate: score,
      champion: championScore,
      outcome: verdict.outcome,
      broken: verdict.rules.filter(({ passed }) => !passed).map(({ rule }) => rule),
      groups: verdict.groups,
      gained: verdict.gained,
      lost: verdict.lost,
      memory: verdict.memory.map(({ scope, lost, gained, allowed }) => ({ scope, lost: lost.length, gained, allowed })),
    })),
  );
}
