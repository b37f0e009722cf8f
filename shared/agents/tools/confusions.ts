import { z } from 'zod';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { confusionCounts } from '../../domain/diagnosis/confusion.ts';
import type { Case } from '../case.ts';
import { shownText } from '../shown-text.ts';
import { reads } from './define-tool.ts';
import type { Tool } from './tool.ts';

const given = z.strictObject({
  most: z.int().min(1).max(100).default(30).describe('how many are shown, commonest first'),
});
const shownIds = 5;

/** What is answered instead of what, with a few of the traces where it happens. */
export function confusions(cases: ReadonlyMap<string, Case>, kind: TaskKind): Tool {
  return reads(
    'confusions',
    'Counts what the model answers instead of what, commonest first, with the ids of a few such traces.',
    given,
    ({ most }) => {
      const failing = [...cases.values()].filter(({ failed }) => failed);
      const byKey = Map.groupBy(failing, ({ expected, answer }) => kind.pattern(expected, answer).key);
      const counts = confusionCounts(failing, kind);
      const shown = counts.slice(0, most).map(({ key, title, count }) => ({
        failures: count,
        what: shownText(title),
        traceIds: (byKey.get(key) ?? []).slice(0, shownIds).map(({ traceId }) => traceId),
      }));
      return { value: [...shown, { patterns: counts.length, failures: failing.length }] };
    },
  );
}
