import type { Labelled } from '../perturbations/corpus.ts';

/**
 * Each input once, by its first appearance; compared without case and spacing. `seen` is added to, so that later sets
 * drop what earlier ones have.
 */
export function distinct(items: readonly Labelled[], seen: Set<string>): Labelled[] {
  return items.filter(({ input }) => {
    const key = input.trim().toLowerCase().replaceAll(/\s+/g, ' ');
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
