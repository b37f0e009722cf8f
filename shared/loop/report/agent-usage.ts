import { type AgentOutcome, stageOf } from '../../agents/outcome.ts';
import { compareText } from '../../domain/base/text.ts';
import type { RunResult } from '../state/run-result.ts';

/** What the agents of a run used, by role and stage, why they ended, and how many of them changed anything. */
export function agentUsage(outcomes: readonly AgentOutcome[]): RunResult['agents'] {
  const groups = Map.groupBy(outcomes, (one) => JSON.stringify([one.role, stageOf(one)]));
  return [...groups.values()]
    .flatMap((of) => {
      const [first] = of;
      if (first === undefined) return [];
      const sum = (value: (one: AgentOutcome) => number) => of.reduce((total, one) => total + value(one), 0);
      const ended = Map.groupBy(of, ({ why }) => why);
      return {
        role: first.role,
        stage: stageOf(first),
        agents: of.length,
        counted: of.filter(({ counts }) => counts).length,
        refused: sum(({ refused }) => refused),
        ended: Object.fromEntries([...ended].map(([why, agents]) => [why, agents.length])),
        turns: sum(({ usage }) => usage.turns),
        inputTokens: sum(({ usage }) => usage.inputTokens),
        outputTokens: sum(({ usage }) => usage.outputTokens),
        usd: sum(({ usage }) => usage.microUsd) / 1_000_000,
      };
    })
    .sort((a, b) => compareText(`${a.role} ${a.stage}`, `${b.role} ${b.stage}`));
}

/** Where agents gave nothing, in a sentence; null where all did, or there were none. */
export function withoutAgents(outcomes: readonly AgentOutcome[]): string | null {
  // Judges are told of where it says whether they agree with people.
  const agents = outcomes.filter(({ role }) => role !== 'judge');
  const idle = agents.filter(({ counts }) => !counts);
  if (idle.length === 0) return null;
  const why = [...new Set(idle.map((one) => endingWords[one.why]))].join('; ');
  return idle.length === agents.length
    ? `No agent gave anything that counts; the diagnosis is what counting found (${why}).`
    : `${agents.length - idle.length} of ${agents.length} agents gave something that counts; the rest of the diagnosis is what counting found (${why}).`;
}

/** Why an agent ended, in words. */
export const endingWords: Readonly<Record<AgentOutcome['why'], string>> = {
  finished: 'finished',
  'budget-spent': 'the budget allows no further turn',
  'budget-unreadable': 'the budget could not be read',
  'turn-limit': 'it took all of its turns',
  'output-limit': 'it wrote all that it may',
  'model-unavailable': 'the chat model did not answer',
  'model-refused': 'the chat model refused the request',
  filtered: 'a filter of the chat model held its answer back',
  'context-full': 'its window was full',
  nonsense: 'answers of the chat model could not be used',
  'no-model': 'no chat model is configured',
};
