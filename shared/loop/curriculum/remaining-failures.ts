import type { UsableRecord } from '../../domain/traces/trace-record.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { gateFileSchema } from '../state/gate.ts';
import { type IterationRef, readHistory } from '../state/iteration.ts';

/**
 * For an augmenting iteration: the training-side failures that show a pattern (expected label, given label) which the
 * candidate it builds on still shows on held-out traffic. The held-out examples themselves stay out of it.
 * @returns nothing for the other iterations, which do not depend on what a candidate still fails
 */
export async function remainingFailures(
  step: IterationRef,
  training: readonly UsableRecord[],
  ports: Ports,
): Promise<{ remaining?: ReadonlySet<string> }> {
  if (step.kind !== 'augment') return {};
  const history = await readHistory(step, ports);
  const basis = history?.basis.candidate.candidateId;
  const past = history?.iterations.findLast((iteration) => iteration.best.candidateId === basis);
  if (past === undefined) return {};
  const { candidates } = await readJson(ports.objects, past.gateKey, gateFileSchema);
  const patterns = candidates.find((gated) => gated.candidate.candidateId === basis)?.remaining ?? [];
  const shown = new Set(patterns.map(({ expected, answered }) => JSON.stringify([expected, answered])));
  const expected = new Set(patterns.map((pattern) => pattern.expected));
  const failures = training.filter((record) => record.verdict === 'fail');
  const same = failures.filter((record) => shown.has(JSON.stringify([record.expected, record.answer])));
  const kin = same.length > 0 ? same : failures.filter((record) => expected.has(record.expected));
  return { remaining: new Set(kin.map((record) => record.traceId)) };
}
