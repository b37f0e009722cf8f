import { z } from 'zod';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { type Case, showCase } from '../case.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const given = z.strictObject({
  traceIds: z.array(z.string().max(500)).min(1).max(20),
});

/** Shows records by their ids; those that the agent has no business with are not here. */
export function readExamples(cases: ReadonlyMap<string, Case>, kind: TaskKind): Tool {
  return reads(
    'read_examples',
    'Shows traces by their ids: the text, the right answer and, where it is wrong, the answer of the model.',
    given,
    ({ traceIds }) => {
      const found = traceIds.flatMap((id) => cases.get(id) ?? []);
      const missing = traceIds.filter((id) => !cases.has(id)).length;
      const shown = found.map((one) => showCase(one, kind, 2_000));
      return { value: missing === 0 ? shown : [...shown, { notHere: missing }] };
    },
  );
}
