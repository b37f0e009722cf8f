import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { UsableRecord } from '../../domain/traces/trace-record.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { gateFileSchema } from '../state/gate-result.ts';
import { type IterationRef, readHistory } from '../state/iteration.ts';

/**
 * For an augmenting iteration: the failures that show a pattern which the candidate it builds on still shows out of
 * fold; where there are none, those that miss a facet of such a pattern.
 * @returns nothing for the other iterations, which do not depend on what a candidate still fails
 */
export async function remainingFailures(
  step: IterationRef,
  training: readonly UsableRecord[],
  kind: Pick<TaskKind, 'facets' | 'pattern'>,
  ports: Ports,
): Promise<{ remaining?: ReadonlySet<string> }> {
  if (step.kind !== 'augment') return {};
  const history = await readHistory(step, ports);
  const basis = history?.basis.candidate.candidateId;
  const past = history?.iterations.findLast((iteration) => iteration.best.candidateId === basis);
  if (past === undefined) return {};
  const { candidates } = await readJson(ports.objects, past.gateKey, gateFileSchema);
  const patterns = candidates.find((gated) => gated.candidate.candidateId === basis)?.remaining ?? [];
  const shown = new Set(patterns.map(({ key }) => key));
  const facets = new Set(patterns.flatMap((pattern) => pattern.facets));
  const failures = training.filter((record) => record.verdict === 'fail');
  const same = failures.filter((record) => shown.has(kind.pattern(record.expected, record.answer).key));
  const alike =
    same.length > 0
      ? same
      : failures.filter((record) => kind.facets(record.expected).some((facet) => facets.has(facet)));
  return { remaining: new Set(alike.map((record) => record.traceId)) };
}
