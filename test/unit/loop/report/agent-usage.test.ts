import { describe, expect, it } from 'vitest';
import { type AgentOutcome, withoutModel } from '../../../../shared/agents/outcome.ts';
import { agentUsage, withoutAgents } from '../../../../shared/loop/report/agent-usage.ts';

const usage = (turns: number) => ({
  turns,
  inputTokens: 100 * turns,
  cachedInputTokens: 0,
  outputTokens: 10 * turns,
  microUsd: 250_000 * turns,
});

function agent(role: string, stage: string, change: Partial<AgentOutcome> = {}): AgentOutcome {
  return { ...withoutModel('a', role, `runs/m1/r1/1/${stage}/all/x.agent`), counts: true, why: 'finished', ...change };
}

describe('what agents used', () => {
  it('is added up by role and stage', () => {
    const outcomes = [
      agent('writer', 'synthesize', { usage: usage(1) }),
      agent('analyst', 'triage', { usage: usage(2), refused: 1 }),
      agent('analyst', 'build-taxonomy', { usage: usage(4) }),
      agent('analyst', 'triage', { usage: usage(3), refused: 2, counts: false, why: 'turn-limit' }),
    ];
    expect(agentUsage(outcomes)).toEqual([
      expect.objectContaining({ role: 'analyst', stage: 'build-taxonomy', agents: 1, turns: 4 }),
      {
        role: 'analyst',
        stage: 'triage',
        agents: 2,
        counted: 1,
        refused: 3,
        ended: { finished: 1, 'turn-limit': 1 },
        turns: 5,
        inputTokens: 500,
        outputTokens: 50,
        usd: 1.25,
      },
      expect.objectContaining({ role: 'writer', stage: 'synthesize' }),
    ]);
    expect(agentUsage([])).toEqual([]);
  });
});

describe('where agents gave nothing', () => {
  const idle = (why: AgentOutcome['why']) => agent('analyst', 'triage', { counts: false, why });

  it('is told with each reason once', () => {
    expect(withoutAgents([idle('turn-limit'), idle('turn-limit'), idle('context-full')])).toBe(
      'No agent gave anything that counts; the diagnosis is what counting found (it took all of its turns; its window was full).',
    );
    expect(withoutAgents([agent('analyst', 'triage'), idle('turn-limit'), agent('writer', 'synthesize')])).toBe(
      '2 of 3 agents gave something that counts; the rest of the diagnosis is what counting found (it took all of its turns).',
    );
  });

  it('is nothing to tell where all gave something, and of judges, who are told of elsewhere', () => {
    expect(withoutAgents([])).toBeNull();
    expect(withoutAgents([agent('analyst', 'triage')])).toBeNull();
    expect(withoutAgents([agent('judge', 'judge-traces', { counts: false, why: 'no-model' })])).toBeNull();
  });
});
