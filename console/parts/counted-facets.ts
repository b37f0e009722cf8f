import { plural } from '../../shared/domain/base/wording.ts';

/** How many labels, or types of entities, a model of a task knows, for people. */
export function countedFacets(task: string, count: number): string {
  return plural(count, task === 'extraction' ? 'entity type' : 'label');
}
