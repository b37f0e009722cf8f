import { RatchetError } from '../domain/base/errors.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';

/** What people confirm names labels of the model, or it would confirm nothing. @throws RatchetError InvalidInput */
export function checkConfirmed({ task, settings }: Pick<Model, 'task' | 'settings'>, kind: TaskKind): void {
  const known = kind.knownFacets(task);
  if (known.length === 0) return;
  const wrong = settings.confirmed.find((entry) => !known.some((to) => ends(entry, to, known)));
  if (wrong === undefined) return;
  throw new RatchetError('InvalidInput', `${JSON.stringify(wrong.slice(0, 120))} confirms nothing.`, {
    mend: `Write LABEL > OTHER, or word WORD > LABEL, with the model's own ${kind.words.facets}, as the report names it.`,
  });
}

function ends(entry: string, to: string, known: readonly string[]): boolean {
  const end = ` > ${to}`;
  if (!entry.endsWith(end)) return false;
  const from = entry.slice(0, -end.length);
  return known.includes(from) || /^word \S+$/u.test(from);
}
