import { describe, expect, test } from 'vitest';
import { agentLines } from '../../../cli/agent-lines.ts';

const agent = { role: 'prober', agents: 2, counted: 1, refused: 3, turns: 7, inputTokens: 900, outputTokens: 90 };
const judge = { counts: false, tpr: 0, tnr: 1, said: 100, unusable: 0, usd: 1.8 };

describe('agentLines', () => {
  test('are none where no chat model had a part', () => {
    expect(agentLines({ agents: [], judges: {} })).toEqual([]);
  });

  test('tell what agents came to and cost, however little that is', () => {
    expect(agentLines({ agents: [{ ...agent, usd: 1.5 }], judges: {} })).toEqual([
      '1 of 2 agents gave something that counts: 7 turns, $1.50.',
    ]);
    expect(agentLines({ agents: [{ ...agent, counted: 0, usd: 0.0004 }], judges: {} })).toEqual([
      'Agents gave nothing that counts (2 agents, 7 turns, $0.000400): the diagnosis is what counting found. The report says why.',
    ]);
  });

  test('tell what judges cost, also where their verdicts do not count', () => {
    const judges = {
      judge,
      'second-opinion': { ...judge, counts: true, said: 1, unusable: 2, usd: 0 },
    };
    expect(agentLines({ agents: [], judges })).toEqual([
      'The verdicts of the judge do not count (100 verdicts, $1.80). The report says why.',
      'The second opinion judged 1 suspect judgement, 2 answers of its own without sense: $0.00.',
    ]);
  });
});
