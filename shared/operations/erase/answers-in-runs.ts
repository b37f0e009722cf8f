import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Model } from '../../domain/models/model.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';

/** What models answered in runs, in the words that people see; the log has none of it. */
export interface AnswersInRuns {
  readonly own: ReadonlySet<string>;
  /** Of other traces. */
  readonly others: ReadonlySet<string>;
}

const idFields = ['traceId', 'exampleId'];
const outputFields = ['output', 'answer', 'answered', 'expected', 'recorded'];

/**
 * Outputs in files of runs, apart by whether they are of the traces with these ids. Only outputs that name places of their
 * inputs say what stands there; of other kinds nothing is read.
 */
export async function answersInRuns(model: Model, ids: ReadonlySet<string>, ports: Ports): Promise<AnswersInRuns> {
  const kind = kindOf(model, ports);
  const own = new Set<string>();
  const others = new Set<string>();
  const keys = kind.anchored && ids.size > 0 ? await ports.objects.list(`runs/${model.modelId}/`) : [];
  for (const key of keys.filter((one) => one.endsWith('.jsonl'))) {
    const text = new TextDecoder().decode(await ports.objects.get(key));
    for (const line of text.split('\n')) {
      const entries = entriesOf(line);
      const isNamed = ([name]: readonly [string, unknown]): boolean => idFields.includes(name);
      if (!entries.some(isNamed)) continue;
      const isOwn = entries.some(
        ([name, value]) => isNamed([name, value]) && typeof value === 'string' && ids.has(value),
      );
      for (const [name, value] of entries) {
        const output = outputFields.includes(name) ? outputOf(value, kind) : null;
        if (output !== null && kind.facets(output).length > 0) (isOwn ? own : others).add(kind.show(output));
      }
    }
  }
  return { own, others };
}

function entriesOf(line: string): readonly (readonly [string, unknown])[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  } catch {
    return [];
  }
}

function outputOf(value: unknown, kind: TaskKind): Output | null {
  return value === null || value === undefined ? null : (kind.output.safeParse(value).data ?? null);
}
