import { facetsOrNone } from '../../../domain/base/facet-strata.ts';
import type { Pattern, TaskKind } from '../../../domain/base/task-kind.ts';
import type { Failure } from '../../../domain/diagnosis/taxonomy.ts';

/** A failure with what is wrong about it, so that groups of failures need not look inside outputs. */
export interface Fault extends Failure {
  readonly pattern: Pattern;
  /** Facets that were expected and not, or not wholly, answered; of a classification the right label. */
  readonly missed: readonly string[];
  /** Facets that were answered and not expected; of a classification the wrong label, none without an answer. */
  readonly surplus: readonly string[];
  /** The facets whose passing records it is held against. */
  readonly facets: readonly string[];
}

/** What is wrong about a failure. */
export function faultOf(failure: Failure, kind: Pick<TaskKind, 'facets' | 'grade' | 'pattern'>): Fault {
  const { expected, answer } = failure;
  const { parts } = kind.grade(expected, answer);
  const missed = parts.filter(({ fn }) => fn > 0).map(({ facet }) => facet);
  return {
    ...failure,
    pattern: kind.pattern(expected, answer),
    missed,
    surplus: parts.filter(({ fp }) => fp > 0).map(({ facet }) => facet),
    facets: facetsOrNone(missed.length > 0 ? missed : kind.facets(expected)),
  };
}

/** The facet that alone was missed; null for none or several. */
export function missedAlone({ missed }: Fault): string | null {
  return alone(missed);
}

/** The facet that alone was answered too many; null for none or several. */
export function surplusAlone({ surplus }: Fault): string | null {
  return alone(surplus);
}

function alone(facets: readonly string[]): string | null {
  return facets.length === 1 ? (facets[0] ?? null) : null;
}
