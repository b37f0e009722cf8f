import { plural } from '../shared/domain/base/wording.ts';
import type { RunResult } from '../shared/loop/state/run-result.ts';

type Judged = RunResult['judges'][string];

/** What the agents and the judges of a run came to and cost, a line each; none without them. */
export function agentLines({ agents, judges }: Pick<RunResult, 'agents' | 'judges'>): string[] {
  const others = agents.filter(({ role }) => role !== 'judge');
  return [
    ...Object.entries(judges).map(([role, judged]) => judgeLine(role, judged)),
    ...(others.length === 0 ? [] : [agentsLine(others)]),
  ];
}

function judgeLine(role: string, { counts, said, unusable, usd }: Judged): string {
  const name = role.replaceAll('-', ' ');
  const asked =
    role === 'second-opinion'
      ? plural(said, 'suspect judgement')
      : `${plural(said, 'answer')} that nobody else had judged`;
  const useless = unusable === 0 ? '' : `, ${plural(unusable, 'answer')} of its own without sense`;
  return counts
    ? `The ${name} judged ${asked}${useless}: ${dollars(usd)}.`
    : `The verdicts of the ${name} do not count (${plural(said, 'verdict')}${useless}, ${dollars(usd)}). The report says why.`;
}

function agentsLine(agents: RunResult['agents']): string {
  const sum = (value: (of: RunResult['agents'][number]) => number) =>
    agents.reduce((total, of) => total + value(of), 0);
  const counted = sum((of) => of.counted);
  const all = plural(
    sum((of) => of.agents),
    'agent',
  );
  const turns = plural(
    sum((of) => of.turns),
    'turn',
  );
  const cost = `${turns}, ${dollars(sum((of) => of.usd))}`;
  return counted === 0
    ? `Agents gave nothing that counts (${all}, ${cost}): the diagnosis is what counting found. The report says why.`
    : `${counted} of ${all} gave something that counts: ${cost}.`;
}

/** Cents, or less where it is less than one. */
function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.01 ? 6 : 2)}`;
}
