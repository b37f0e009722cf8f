import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { DecisionRef } from '../state/decision.ts';
import { byNetGain, gateFileSchema } from '../state/gate-result.ts';
import type { IterationRecord } from '../state/iteration.ts';
import type { RunPlan } from '../state/run-plan.ts';

/** When the search is over and no candidate passed: the best of those refused, and what held it back. */
export async function keepChampion(
  iterations: readonly IterationRecord[],
  detail: string,
  plan: Pick<RunPlan, 'champion'>,
  ports: Pick<Ports, 'objects'>,
): Promise<Pick<DecisionRef, 'next' | 'reason' | 'chosen' | 'answersKey'>> {
  const files = await Promise.all(iterations.map((past) => readJson(ports.objects, past.gateKey, gateFileSchema)));
  const [refused] = files.flatMap((file) => file.candidates).sort(byNetGain);
  if (refused === undefined) return { next: 'keep', reason: detail, chosen: null, answersKey: null };
  const failed = refused.verdict.rules.filter((rule) => !rule.passed);
  return {
    next: 'keep',
    reason: `${detail} The champion ${plan.champion.checkpointId} stays: ${failed.map((rule) => rule.detail).join(' ')}`,
    chosen: refused.candidate,
    answersKey: refused.answersKey,
  };
}
