import { plural } from '../shared/domain/base/wording.ts';
import type { RunResult } from '../shared/loop/state/run-result.ts';

/** What the agents of a run came to and cost, in a line; none without agents. */
export function agentLines({ agents }: Pick<RunResult, 'agents'>): string[] {
  if (agents.length === 0) return [];
  const sum = (value: (of: RunResult['agents'][number]) => number) =>
    agents.reduce((total, of) => total + value(of), 0);
  const counted = sum((of) => of.counted);
  const all = plural(
    sum((of) => of.agents),
    'agent',
  );
  const cost = `${plural(
    sum((of) => of.turns),
    'turn',
  )}, $${sum((of) => of.usd).toFixed(2)}`;
  return [
    counted === 0
      ? `Agents gave nothing that counts (${all}, ${cost}): the diagnosis is what counting found. The report says why.`
      : `${counted} of ${all} gave something that counts: ${cost}.`,
  ];
}
