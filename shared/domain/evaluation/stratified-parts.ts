export interface PartedItem {
  /** Items of one group fall on one part: near-duplicates tell nothing of each other. */
  readonly group: number;
  /** What all parts are to have alike, such as the label. */
  readonly stratum: string;
}

/**
 * Divides items into parts for a cross-validation: each group as a whole, each stratum over the parts as evenly as whole
 * groups allow. Largest groups first; of equal ones in the order given, so shuffle before for chance.
 * @returns the part of each item, from 0 on
 */
export function stratifiedParts(items: readonly PartedItem[], parts: number): readonly number[] {
  const groups = [...Map.groupBy(items, ({ group }) => group).values()].sort((a, b) => b.length - a.length);
  const sizes = new Array<number>(parts).fill(0);
  const byStratum = new Map<string, number[]>();
  const partOf = new Map<number, number>();
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const counts = Map.groupBy(group, ({ stratum }) => stratum);
    const load = (part: number): number =>
      [...counts].reduce((sum, [stratum, own]) => sum + own.length * (byStratum.get(stratum)?.[part] ?? 0), 0);
    let best = 0;
    for (let part = 1; part < parts; part += 1) {
      const lighter = load(part) - load(best) || (sizes[part] ?? 0) - (sizes[best] ?? 0);
      if (lighter < 0) best = part;
    }
    partOf.set(first.group, best);
    sizes[best] = (sizes[best] ?? 0) + group.length;
    for (const [stratum, own] of counts) {
      const found = byStratum.get(stratum) ?? new Array<number>(parts).fill(0);
      found[best] = (found[best] ?? 0) + own.length;
      byStratum.set(stratum, found);
    }
  }
  return items.map(({ group }) => partOf.get(group) ?? 0);
}
