import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { type Judgement, laterOf } from '../traces/judgement.ts';
import { cohensKappa, type Kappa } from './kappa.ts';

/** Two people who judged some of the same traces. */
export interface PairAgreement extends Kappa {
  readonly a: string;
  readonly b: string;
  /** Traces that both judged. */
  readonly n: number;
}

/** A trace with what people said of it. */
export interface PeopleOnTrace {
  readonly output: Output | null;
  /** Of people alone, all that stands. */
  readonly judgements: readonly Judgement[];
}

/** How well people agree, two at a time, by the right outputs that they name; the pair with most in common first. */
export function agreementOf(traces: readonly PeopleOnTrace[], kind: Pick<TaskKind, 'key'>): readonly PairAgreement[] {
  const said = new Map<string, { a: string; b: string; pairs: [string, string][] }>();
  for (const { output, judgements } of traces) {
    const latest = [...latestOfEach(judgements)].sort(([a], [b]) => compareText(a, b));
    for (const [at, [a, first]] of latest.entries()) {
      for (const [b, second] of latest.slice(at + 1)) {
        const key = JSON.stringify([a, b]);
        const found = said.get(key) ?? { a, b, pairs: [] };
        found.pairs.push([viewOf(first, output, kind), viewOf(second, output, kind)]);
        said.set(key, found);
      }
    }
  }
  return [...said.values()]
    .map(({ a, b, pairs }) => ({ a, b, n: pairs.length, ...cohensKappa(pairs) }))
    .sort((one, other) => other.n - one.n || compareText(one.a, other.a) || compareText(one.b, other.b));
}

/** Of each person what was said last. */
export function latestOfEach(judgements: readonly Judgement[]): ReadonlyMap<string, Judgement> {
  const latest = new Map<string, Judgement>();
  for (const judgement of judgements) {
    const before = latest.get(judgement.judge.id);
    latest.set(judgement.judge.id, before === undefined ? judgement : laterOf(before, judgement));
  }
  return latest;
}

function viewOf({ expected, verdict }: Judgement, output: Output | null, kind: Pick<TaskKind, 'key'>): string {
  const right = expected ?? (verdict === 'pass' ? output : null);
  return JSON.stringify(right === null ? null : kind.key(right));
}
