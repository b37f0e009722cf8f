import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { SimilarityIndex } from '../../domain/similarity/similarity-index.ts';
import { type Case, showCase } from '../case.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const given = z.strictObject({
  traceId: z.string().max(500),
  among: z.enum(['all', 'failures', 'passes']).default('all'),
  most: z.int().min(1).max(20).default(8),
});

/** The records whose texts are most like one's, by words and their parts. */
export function similarTraces(cases: ReadonlyMap<string, Case>, kind: TaskKind): Tool {
  const all = [...cases.values()];
  let made: SimilarityIndex | undefined;
  return reads(
    'similar_traces',
    'Shows the traces whose texts are most like that of one: what fails beside it, and what passes.',
    given,
    ({ traceId, among, most }) => {
      const from = cases.get(traceId);
      if (from === undefined) throw new RatchetError('InvalidInput', 'There is no such trace here.');
      made ??= new SimilarityIndex(all.map(({ input }) => input));
      const accept = (index: number): boolean => {
        const one = all[index];
        return (
          one !== undefined && one.traceId !== traceId && (among === 'all' || one.failed === (among === 'failures'))
        );
      };
      const found = made.nearest(from.input, most, accept).flatMap(({ index }) => all[index] ?? []);
      return { value: found.map((one) => showCase(one, kind)) };
    },
  );
}
