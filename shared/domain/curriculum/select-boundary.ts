import { facetsOrNone } from '../base/facet-strata.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { margin, type UsableRecord } from '../traces/trace-record.ts';
import { type CurriculumPlan, lowMargin } from './curriculum-plan.ts';
import { candidateOf, type ExampleCandidate } from './example-candidate.ts';

export interface BoundaryRequest {
  /** All passing records that train. */
  readonly passes: readonly UsableRecord[];
  /** Failures that train, by facet of the right output. */
  readonly failuresByFacet: ReadonlyMap<string, number>;
  readonly plan: CurriculumPlan;
  readonly kind: Pick<TaskKind, 'facets' | 'words'>;
}

/** How much closer to the boundary a trace of a label in need counts, in units of margin. */
const needBonus = 0.5;

/**
 * Judged-right traces as gold, most valuable first: close decisions, and labels that fail or have few examples. By
 * default every one is taken, up to the plan's limit; each label first gets its floor, so that a limit never starves
 * one.
 * @returns the candidates, and how many were left out
 */
export function selectBoundary(request: BoundaryRequest): { gold: ExampleCandidate[]; leftOut: number } {
  const { plan } = request;
  const { facet } = request.kind.words;
  const passes = request.passes.filter((record) => record.verdict === 'pass');
  const labelsOf = ({ expected }: UsableRecord): readonly string[] => facetsOrNone(request.kind.facets(expected));
  const counts = new Map<string, number>();
  for (const record of passes) for (const label of labelsOf(record)) counts.set(label, (counts.get(label) ?? 0) + 1);
  const failures = request.failuresByFacet;
  const scored = passes
    .map((record) => {
      const labels = labelsOf(record);
      const failing = labels.some((label) => (failures.get(label) ?? 0) > 0);
      const few = labels.some((label) => (counts.get(label) ?? 0) <= plan.floorPerLabel);
      const close = margin(record) < lowMargin;
      const why = close
        ? 'judged right, close decision'
        : failing
          ? `judged right, its ${facet} fails`
          : few
            ? `judged right, its ${facet} has few examples`
            : 'judged right';
      return { record, why, value: margin(record) - (failing || few ? needBonus : 0) };
    })
    .sort((a, b) => a.value - b.value || compareText(a.record.traceId, b.record.traceId));
  const taken = new Map<string, number>();
  const floor = new Set<UsableRecord>();
  for (const { record } of scored) {
    for (const label of labelsOf(record)) {
      const before = taken.get(label) ?? 0;
      taken.set(label, before + 1);
      if (before < plan.floorPerLabel) floor.add(record);
    }
  }
  const limit = Math.min(plan.maxBoundary, Math.ceil(plan.boundaryPart * passes.length));
  const gold = [
    ...scored.filter(({ record }) => floor.has(record)),
    ...scored.filter(({ record }) => !floor.has(record)),
  ]
    .slice(0, limit)
    .map(({ record, why }, rank) => candidateOf(record, { clusterId: null, why, rank }));
  return { gold, leftOut: passes.length - gold.length };
}
