import type { LabelChange } from '../base/label-change.ts';
import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';

/**
 * What labels (entity types, …) that were split have become by today, those of a champion; empty where none of them was.
 * @param known facets that the champion can answer
 * @param changes of the model, oldest first
 */
export function partsSince(known: readonly string[], changes: readonly LabelChange[]): readonly string[] {
  const parts = known.flatMap((facet) => {
    let names = [facet];
    let wasSplit = false;
    for (const change of changes) {
      if (change.how === 'add') continue;
      if (change.how === 'split') wasSplit ||= names.includes(change.from);
      names = names.flatMap((name) => after(name, change));
    }
    return wasSplit ? names : [];
  });
  return [...new Set(parts)].sort();
}

/** Those of the parts that no output is about. */
export function partsWithoutExample(
  parts: readonly string[],
  outputs: Iterable<Output>,
  { facets }: Pick<TaskKind, 'facets'>,
): readonly string[] {
  const missing = new Set(parts);
  for (const output of outputs) for (const facet of facets(output)) missing.delete(facet);
  return [...missing];
}

function after(name: string, change: Exclude<LabelChange, { how: 'add' }>): readonly string[] {
  if (change.how === 'merge')
    return change.labels.includes(name) || change.aliases.includes(name) ? [change.into] : [name];
  if (change.from !== name) return [name];
  return change.how === 'rename' ? [change.to] : change.into;
}
