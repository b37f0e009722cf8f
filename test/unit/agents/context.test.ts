import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import { type AgentState, firstState, noAgentUsage, type Pin, type Turn } from '../../../shared/agents/agent-state.ts';
import { compacted, contextTokens, messagesOf } from '../../../shared/agents/context.ts';
import { workAgent } from '../../../shared/agents/work-agent.ts';
import type { ChatMessage } from '../../../shared/ports/chat-model.ts';
import { MemoryBudgets } from '../../helpers/memory-budgets.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { countTokens, scriptedChat } from '../../helpers/scripted-chat.ts';
import { handIn, lookUp, note, openBudget, readTurns, testAgent } from '../../helpers/test-agent.ts';

const window = 4_000;
const agent = testAgent([]);

const turns: fc.Arbitrary<Omit<Turn, 'turn'>> = fc.record({
  text: fc.string({ unit: 'grapheme', maxLength: 300 }),
  calls: fc.array(
    fc.record({
      id: fc.uuid(),
      name: fc.constantFrom('query_traces', 'read_examples'),
      arguments: fc.json(),
      result: fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 400 }), failed: fc.boolean() }),
    }),
    { maxLength: 4 },
  ),
  note: fc.option(fc.string(), { nil: null }),
  usage: fc.constant(noAgentUsage),
});
const pins: fc.Arbitrary<Pin> = fc.record({
  kind: fc.constantFrom('decision', 'evaluation', 'lineage', 'plan'),
  text: fc.string({ unit: 'grapheme', maxLength: 60 }),
});

/** Each turn as it is taken, with what is pinned in it. */
const histories = fc.array(fc.tuple(turns, fc.option(pins, { nil: null })), { maxLength: 40, size: 'max' });

function live(
  history: readonly (readonly [Omit<Turn, 'turn'>, Pin | null])[],
  each: (state: AgentState) => void,
): void {
  let state = firstState('a1', 'tester');
  for (const [turn, pin] of history) {
    state = {
      ...state,
      turn: state.turn + 1,
      turns: [...state.turns, { ...turn, turn: state.turn + 1 }],
      pins: pin === null || state.pins.length > 8 ? state.pins : [...state.pins, pin],
    };
    state = compacted(agent, state, { window: 2_000, tools: [] });
    each(state);
  }
}

/** What the notes in view say, read back from the block that they stand in. */
function pinned(messages: readonly ChatMessage[]): unknown[] {
  const task = messages[1];
  const text = task?.role === 'user' ? task.text : '';
  const block = /BEGIN DATA (\w+) \(what you have noted.*\n([\s\S]*?)\nEND DATA \1/.exec(text)?.[2];
  return block === undefined ? [] : block.split('\n').map((line) => JSON.parse(line));
}

describe('the context of an agent', () => {
  test('keeps to the letter what is pinned, through any sequence of compactions', () => {
    let compactions = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const before: Pin[] = [];
        live(history, (state) => {
          compactions = Math.max(compactions, state.compactions);
          expect(pinned(messagesOf(agent, state))).toEqual(state.pins);
          expect(state.pins.slice(0, before.length)).toEqual(before);
          before.splice(0, before.length, ...state.pins);
        });
      }),
      { numRuns: 100 },
    );
    expect(compactions).toBeGreaterThan(2);
  });

  test('never parts a call from its result, and drops oldest turns first, the newest never', () => {
    fc.assert(
      fc.property(histories, (history) => {
        live(history, (state) => {
          const messages = messagesOf(agent, state);
          messages.forEach((message, at) => {
            if (message.role === 'assistant') {
              const after = messages.slice(at + 1, at + 1 + message.toolCalls.length);
              expect(after.map((one) => (one.role === 'tool' ? one.callId : null))).toEqual(
                message.toolCalls.map(({ id }) => id),
              );
            }
          });
          const results = messages.filter(({ role }) => role === 'tool').length;
          expect(results).toBe(
            messages.reduce((sum, one) => sum + (one.role === 'assistant' ? one.toolCalls.length : 0), 0),
          );
          expect(state.turns.map(({ turn }) => turn)).toEqual(
            Array.from({ length: state.turns.length }, (_, at) => state.turn - state.turns.length + 1 + at),
          );
          expect(state.dropped.turns + state.turns.length).toBe(state.turn);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is full at 70 % of the window and then emptied to 40 %', () => {
    const turn = (number: number): Turn => ({
      turn: number,
      text: 'x'.repeat(1_000),
      calls: [],
      note: null,
      usage: noAgentUsage,
    });
    let state = firstState('a1', 'tester');
    const sizes: number[] = [];
    for (let number = 1; number < 40; number += 1) {
      const before = contextTokens(agent, { ...state, turns: [...state.turns, turn(number)] }, []);
      state = compacted(
        agent,
        { ...state, turn: number, turns: [...state.turns, turn(number)] },
        { window, tools: [] },
      );
      const after = contextTokens(agent, state, []);
      expect(after).toBeLessThanOrEqual(0.7 * window);
      if (after < before) {
        expect(before).toBeGreaterThan(0.7 * window);
        expect(after).toBeLessThanOrEqual(0.4 * window);
      }
      sizes.push(after);
    }
    expect(state.compactions).toBeGreaterThan(3);
  });

  test('of a run of 500 turns on a small window stays inside it, by the model’s own count', async () => {
    const small = 6_000;
    const script = (_: unknown, turn: number) => ({
      text: `I look at number ${turn}. ${'Let me think about it. '.repeat(turn % 17)}`,
      calls: [
        ['look_up', { characters: 37 * (turn % 200) }] as const,
        ...(turn % 5 === 0 ? [['note', { text: `Decision ${turn}: ${'because '.repeat(turn % 7)}` }] as const] : []),
        ...(turn % 9 === 0 ? Array.from({ length: 5 }, () => ['look_up', { characters: 1_000 }] as const) : []),
      ],
    });
    const chat = scriptedChat(script, { window: small });
    const world = { chat, budgets: new MemoryBudgets(), objects: new MemoryObjectStore(), clock: new SystemClock() };
    await openBudget(world.budgets);
    const limits = { turns: 500, outputTokens: 1_000_000, answerTokens: 400 };
    const { state } = await workAgent(testAgent([lookUp, note, handIn], { limits }), world, Number.POSITIVE_INFINITY);
    expect(state.ended?.why).toBe('turn-limit');
    expect(state.turn).toBe(500);
    const largest = Math.max(...chat.requests.map(({ messages, tools }) => countTokens([messages, tools])));
    expect(largest + 400).toBeLessThanOrEqual(small);
    expect(state.compactions).toBeGreaterThan(20);
    expect(state.pins.length).toBeGreaterThan(10);
    expect(await readTurns(world.objects, 'runs/m1/r1/a1')).toHaveLength(500);
  });
});
