import { describe, expect, test } from 'vitest';
import { noAgentUsage } from '../../../shared/agents/agent-state.ts';
import { type AgentOutcome, hasGoneSilent } from '../../../shared/agents/outcome.ts';

const one = (why: AgentOutcome['why'], turns: number) => ({ why, inVain: false, usage: { ...noAgentUsage, turns } });
const silent = one('model-unavailable', 0);

describe('a chat model', () => {
  test('is taken for silent once it has never answered, and an agent has waited in vain', () => {
    expect(hasGoneSilent([])).toBe(false);
    expect(hasGoneSilent([one('no-model', 0), one('budget-spent', 0)])).toBe(false);
    expect(hasGoneSilent([silent])).toBe(true);
  });

  test('that has answered is asked on after one agent, and not after two', () => {
    expect(hasGoneSilent([one('finished', 3), silent])).toBe(false);
    expect(hasGoneSilent([one('model-unavailable', 3)])).toBe(false);
    expect(hasGoneSilent([one('finished', 3), silent, one('model-unavailable', 2)])).toBe(true);
  });

  test('that has answered and then kept one waiting to the end is not asked again', () => {
    expect(hasGoneSilent([one('finished', 3), { ...one('model-unavailable', 2), inVain: true }])).toBe(true);
  });
});
