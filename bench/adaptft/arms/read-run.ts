import { z } from 'zod';
import { gateFileSchema } from '../../../shared/loop/state/gate-result.ts';
import { splitSchema } from '../../../shared/loop/state/split.ts';
import { readJson } from '../../../shared/ports/documents.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import type { RunRecord } from './unit-result.ts';

const completedSplit = z.object({ output: splitSchema });

/** Failures after triage, and traces in traffic-validation, that a run had. */
export async function readSplit(
  modelId: string,
  runId: string,
  ports: Ports,
): Promise<Pick<RunRecord, 'failures' | 'traffic'>> {
  const key = `runs/${modelId}/${runId}/0/split-traces/all/completed.json`;
  const { output } = await readJson(ports.objects, key, completedSplit);
  return {
    failures: output.failures,
    traffic: output.sets.find(({ name }) => name === 'traffic-validation')?.size ?? 0,
  };
}

/** What the gate counted of the best candidate of each iteration. */
export async function readGates(modelId: string, runId: string, ports: Ports): Promise<RunRecord['gate']> {
  const keys = (await ports.objects.list(`runs/${modelId}/${runId}/`)).filter((key) => key.endsWith('/gate.json'));
  const files = await Promise.all(keys.map((key) => readJson(ports.objects, key, gateFileSchema)));
  return files.flatMap(({ championScore, candidates }) => {
    const best = [...candidates].sort((a, b) => excess(a.verdict) - excess(b.verdict) || b.score - a.score)[0];
    if (best === undefined) return [];
    const { verdict } = best;
    return [
      {
        candidate: best.score,
        champion: championScore,
        outcome: verdict.outcome,
        pValue: verdict.pValue,
        regressions: Object.fromEntries(
          verdict.regressions.map(({ scope, lost, allowed, right }) => [scope, [lost.length, allowed, right] as const]),
        ),
      },
    ];
  });
}

function excess({
  regressions,
}: {
  readonly regressions: readonly { lost: readonly string[]; allowed: number }[];
}): number {
  return regressions.reduce((sum, { lost, allowed }) => sum + Math.max(0, lost.length - allowed), 0);
}
