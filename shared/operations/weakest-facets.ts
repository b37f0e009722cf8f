import type { Output } from '../domain/base/output.ts';
import type { Grade, TaskKind } from '../domain/base/task-kind.ts';
import { compareText } from '../domain/base/text.ts';

/** How much of a facet (label, entity type) is right. */
export interface FacetRight {
  readonly facet: string;
  readonly right: number;
  /** Of what there is: outputs, or their parts, such as entities, where the task grades those. */
  readonly of: number;
}

const most = 5;

/** The facets with the smallest share right, least first; those of one example, or all right, left out. */
export function weakestFacets(
  graded: readonly { readonly expected: Output; readonly grade: Grade }[],
  { words, facets }: Pick<TaskKind, 'words' | 'facets'>,
): readonly FacetRight[] {
  const counts = new Map<string, { right: number; of: number }>();
  const count = (facet: string, counted: { readonly right: number; readonly of: number }) => {
    const { right, of } = counts.get(facet) ?? { right: 0, of: 0 };
    counts.set(facet, { right: right + counted.right, of: of + counted.of });
  };
  for (const { expected, grade } of graded) {
    if (words.parts === undefined) {
      for (const facet of facets(expected)) count(facet, { right: Number(grade.right), of: 1 });
    } else {
      for (const { facet, tp, fn } of grade.parts) count(facet, { right: tp, of: tp + fn });
    }
  }
  return [...counts]
    .map(([facet, { right, of }]) => ({ facet, right, of }))
    .filter(({ right, of }) => of > 1 && right < of)
    .sort((a, b) => a.right / a.of - b.right / b.of || b.of - a.of || compareText(a.facet, b.facet))
    .slice(0, most);
}
