import { RatchetError } from '../domain/base/errors.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import type { Ports } from './ports.ts';

/**
 * The kind of a model's or a checkpoint's task, which reads the task from here on.
 * @throws RatchetError InvalidInput for a kind that is not known here, or a task that is none of its kind
 */
export function kindOf({ task }: { readonly task: TaskSpec }, { tasks }: Pick<Ports, 'tasks'>): TaskKind {
  const kind = kindNamed(task.kind, tasks);
  const parsed = kind.spec.safeParse(task);
  if (parsed.success) return kind.boundTo?.(parsed.data) ?? kind;
  throw new RatchetError('InvalidInput', `The task of the model is no ${task.kind}.`, {
    cause: parsed.error,
    mend: 'Restore the lineage from a backup, or create the model anew.',
  });
}

/** The kind of that name. @throws RatchetError InvalidInput, naming the kinds there are */
export function kindNamed(name: string, tasks: Ports['tasks']): TaskKind {
  const kind = tasks.get(name);
  if (kind !== undefined) return kind;
  throw new RatchetError('InvalidInput', `There is no kind of task named ${JSON.stringify(name.slice(0, 120))} here.`, {
    mend: `Use one of: ${[...tasks.keys()].join(', ')}. A newer version of Ratchet may know more.`,
  });
}
