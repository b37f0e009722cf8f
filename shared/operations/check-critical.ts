import { RatchetError } from '../domain/base/errors.ts';
import { inList } from '../domain/base/quoted.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';

/** A critical label that the model never has would hold every candidate back. @throws RatchetError InvalidInput */
export function checkCritical({ task, settings }: Pick<Model, 'task' | 'settings'>, kind: TaskKind): void {
  const known = kind.knownFacets(task);
  const wrong = settings.critical.find((facet) => !known.includes(facet));
  if (wrong === undefined || known.length === 0) return;
  const { facet, facets } = kind.words;
  throw new RatchetError(
    'InvalidInput',
    `The critical ${facet} ${JSON.stringify(wrong.slice(0, 80))} is none of the model's ${known.length}.`,
    {
      mend: `Name some of its ${facets}: ${known.slice(0, 20).map(inList).join(', ')}${known.length > 20 ? ', …' : ''}.`,
    },
  );
}
