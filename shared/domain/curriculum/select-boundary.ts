import { compareText } from '../base/text.ts';
import type { Output } from '../models/task.ts';
import { margin, type UsableRecord } from '../traces/trace-record.ts';
import { type CurriculumPlan, lowMargin } from './curriculum-plan.ts';
import { type Candidate, candidateOf } from './example-candidate.ts';

export interface BoundaryRequest {
  /** All passing records of the training side. */
  readonly passes: readonly UsableRecord[];
  /** Training-side failures by expected label. */
  readonly failuresByLabel: Readonly<Record<Output, number>>;
  readonly plan: CurriculumPlan;
}

/** How much closer to the boundary a trace of a label in need counts, in units of margin. */
const needBonus = 0.5;

/**
 * Judged-right traces as gold, most valuable first: close decisions, and labels that fail or have few examples. By default
 * every one is taken, up to the plan's limit; each label first gets its floor, so that a limit never starves one.
 * @returns the candidates, and how many were left out
 */
export function selectBoundary(request: BoundaryRequest): { gold: Candidate[]; leftOut: number } {
  const { plan } = request;
  const passes = request.passes.filter((record) => record.verdict === 'pass');
  const counts = new Map<Output, number>();
  for (const { expected } of passes) counts.set(expected, (counts.get(expected) ?? 0) + 1);
  const failures = new Map(Object.entries(request.failuresByLabel));
  const scored = passes
    .map((record) => {
      const failing = (failures.get(record.expected) ?? 0) > 0;
      const few = (counts.get(record.expected) ?? 0) <= plan.floorPerLabel;
      const close = margin(record) < lowMargin;
      const why = close
        ? 'judged right, close decision'
        : failing
          ? 'judged right, its label fails'
          : few
            ? 'judged right, its label has few examples'
            : 'judged right';
      return { record, why, value: margin(record) - (failing || few ? needBonus : 0) };
    })
    .sort((a, b) => a.value - b.value || compareText(a.record.traceId, b.record.traceId));
  const taken = new Map<Output, number>();
  const floor = new Set<UsableRecord>();
  for (const { record } of scored) {
    const before = taken.get(record.expected) ?? 0;
    taken.set(record.expected, before + 1);
    if (before < plan.floorPerLabel) floor.add(record);
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
