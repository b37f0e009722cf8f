import { canonicalJson } from '../base/ids.ts';
import { compareText } from '../base/text.ts';
import type { Manifest } from '../models/dataset.ts';
import type { Example } from '../models/example.ts';

/** How many of the examples which agent wrote in which turn. */
export function writtenIn(examples: readonly Example[]): NonNullable<Manifest['written']> {
  const writers = examples.flatMap(({ provenance: of }) =>
    of.kind === 'synthesis' && of.by !== undefined ? [of.by] : [],
  );
  return [...Map.groupBy(writers, (by) => canonicalJson(by)).values()]
    .flatMap((of) => of.slice(0, 1).map((by) => ({ ...by, examples: of.length })))
    .sort((a, b) => compareText(a.agentId, b.agentId) || a.turn - b.turn);
}
