import { describe, expect, test } from 'vitest';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import type { Agent } from '../../../shared/agents/agent.ts';
import type { AgentState } from '../../../shared/agents/agent-state.ts';
import { type AgentWorld, workAgent } from '../../../shared/agents/work-agent.ts';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import type { ChatModel } from '../../../shared/ports/chat-model.ts';
import { Killed, Killer } from '../../helpers/killed.ts';
import { MemoryBudgets } from '../../helpers/memory-budgets.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { type Line, scriptedChat } from '../../helpers/scripted-chat.ts';
import {
  handIn,
  lookUp,
  note,
  openBudget,
  readTurns,
  sending,
  testAgent,
  testRun,
  textsOf,
} from '../../helpers/test-agent.ts';
import { stream } from '../adapters/analysts/statistical/planted.ts';

const never = Number.POSITIVE_INFINITY;

interface Tried {
  readonly state: AgentState;
  readonly world: AgentWorld & { readonly objects: MemoryObjectStore; readonly budgets: MemoryBudgets };
}

async function work(chat: ChatModel, agent: Agent, turns?: number): Promise<Tried> {
  const world = {
    chat,
    budgets: new MemoryBudgets(),
    objects: new MemoryObjectStore(),
    clock: new SystemClock(),
    waits: [0],
  };
  await openBudget(world.budgets, turns);
  for (;;) {
    const { state } = await workAgent(agent, world, never);
    if (state.ended !== null) return { state, world };
  }
}

/** Looks up, sends, notes, sends twice at once, hands in, ends. */
function story(_: unknown, turn: number): Line {
  const lines: readonly Line[] = [
    { text: 'first', calls: [['look_up', { characters: 100 }]] },
    {
      calls: [
        ['send', { text: 'one' }],
        ['note', { text: 'one is sent' }],
      ],
    },
    {
      calls: [
        ['send', { text: 'two' }],
        ['look_up', '{"characters":'],
        ['send', { text: 'three' }],
      ],
    },
    { calls: [['look_up', { characters: 60_000 }]] },
    { calls: [['hand_in', { result: 'all sent' }]] },
    { text: 'Done.' },
  ];
  return lines[turn] ?? {};
}

describe('an agent', () => {
  test('takes turns until it has handed in and says nothing more', async () => {
    const sent: string[] = [];
    const { state, world } = await work(
      scriptedChat(story),
      testAgent([lookUp, note, handIn, sending(sent, { canTell: true })]),
    );
    expect(state.ended).toEqual({ why: 'finished', detail: '' });
    expect(state.handedIn).toBe('all sent');
    expect(state.turn).toBe(6);
    expect(state.pins).toEqual([{ kind: 'decision', text: 'one is sent' }]);
    expect(state.refused).toBe(1);
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['one', 'two', 'three']);
    const turns = await readTurns(world.objects, 'runs/m1/r1/a1');
    expect(turns.map(({ calls }) => calls.map(({ name }) => name))).toEqual([
      ['look_up'],
      ['send', 'note'],
      ['send', 'look_up', 'send'],
      ['look_up'],
      ['hand_in'],
      [],
    ]);
    const total = turns.reduce((sum, { usage }) => sum + usage.outputTokens, 0);
    expect((await world.budgets.get(testRun))?.spent).toEqual({
      turns: 6,
      outputTokens: total,
      microUsd: state.used.microUsd,
    });
  });

  test('keeps a result that is too long, and shows where the rest is', async () => {
    const { world } = await work(
      scriptedChat(story),
      testAgent([lookUp, note, handIn, sending([], { canTell: true })]),
    );
    const [, , , fourth] = await readTurns(world.objects, 'runs/m1/r1/a1');
    const shown = fourth?.calls[0]?.result?.text ?? '';
    expect(shown).toContain('read_result with the id "4-1"');
    expect(shown.length).toBeLessThan(3_500);
    expect(
      (await textsOf(world.objects, 'runs/m1/r1/a1/results/'))['runs/m1/r1/a1/results/4-1.json']?.length,
    ).toBeGreaterThan(60_000);
  });

  test('killed at any of 100 points and resumed ends with the same transcript, each effect once', async () => {
    const killer = new Killer();
    const tryOnce = async (at: number, after: boolean) => {
      const sent: string[] = [];
      const inner = { objects: new MemoryObjectStore(), budgets: new MemoryBudgets(), chat: scriptedChat(story) };
      await openBudget(inner.budgets);
      const world: AgentWorld = {
        chat: killer.chat(inner.chat),
        budgets: killer.budgets(inner.budgets),
        objects: killer.objects(inner.objects),
        clock: new SystemClock(),
      };
      const agent = testAgent([
        lookUp,
        note,
        handIn,
        sending(sent, { canTell: true, point: (done) => killer.point(done) }),
      ]);
      killer.arm(at, after);
      let kills = 0;
      for (;;) {
        try {
          const { state } = await workAgent(agent, world, never);
          const { spent, reserved } = (await inner.budgets.get(testRun)) ?? {};
          return { state, sent, kills, spent, reserved, files: await textsOf(inner.objects, '') };
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills += 1;
        }
      }
    };
    const undisturbed = await tryOnce(never, false);
    const points = killer.count;
    expect(points).toBeGreaterThan(40);
    const random = stream('kills');
    for (let round = 0; round < 100; round += 1) {
      const disturbed = await tryOnce(1 + random.below(points), round % 2 === 0);
      expect(disturbed).toEqual({ ...undisturbed, kills: 1 });
    }
  });

  test('is told of an effect of which nobody knows whether it happened, and does not repeat it by itself', async () => {
    const killer = new Killer();
    const sent: string[] = [];
    const world = {
      chat: scriptedChat(story),
      budgets: new MemoryBudgets(),
      objects: new MemoryObjectStore(),
      clock: new SystemClock(),
    };
    await openBudget(world.budgets);
    const agent = testAgent([
      lookUp,
      note,
      handIn,
      sending(sent, { canTell: false, point: (done) => killer.point(done) }),
    ]);
    killer.arm(1, true);
    await expect(workAgent(agent, world, never)).rejects.toThrow(Killed);
    await workAgent(agent, world, never);
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['one', 'two', 'three']);
    const [, second] = await readTurns(world.objects, 'runs/m1/r1/a1');
    expect(second?.calls[0]?.result).toMatchObject({ failed: true });
    expect(second?.calls[0]?.result?.text).toContain('"effect":"unverified"');
  });

  test('ends with what it had handed in when the budget is spent', async () => {
    const chat = scriptedChat((_, turn) => ({ calls: [['hand_in', { result: `draft ${turn + 1}` }]] }));
    const { state, world } = await work(chat, testAgent([handIn]), 3);
    expect(state.ended?.why).toBe('budget-spent');
    expect(state.handedIn).toBe('draft 3');
    expect(chat.requests).toHaveLength(3);
    expect((await world.budgets.get(testRun))?.spent.turns).toBe(3);
  });

  test('stops when the budget cannot be read', async () => {
    const budgets = new MemoryBudgets();
    await openBudget(budgets);
    const chat = scriptedChat(story);
    const broken = Object.assign(Object.create(budgets), {
      reserve: async () => {
        throw new RatchetError('AccessDenied', 'AWS refused to read the table.');
      },
    });
    const world = { chat, budgets: broken, objects: new MemoryObjectStore(), clock: new SystemClock() };
    const { state } = await workAgent(testAgent([handIn]), world, never);
    expect(state.ended).toEqual({ why: 'budget-unreadable', detail: 'AWS refused to read the table.' });
    expect(chat.requests).toEqual([]);
  });

  test('ends at its own limits of turns and of output tokens', async () => {
    const chatter = () => ({ calls: [['look_up', { characters: 50 }] as const] });
    const limits = { turns: 4, outputTokens: 100_000, answerTokens: 500 };
    expect((await work(scriptedChat(chatter), testAgent([lookUp], { limits }))).state.ended?.why).toBe('turn-limit');
    const short = { turns: 100, outputTokens: 60, answerTokens: 500 };
    const { state } = await work(scriptedChat(chatter), testAgent([lookUp], { limits: short }));
    expect(state.ended?.why).toBe('output-limit');
    expect(state.used.outputTokens).toBeLessThanOrEqual(60);
  });

  test('asks again when the model is not there for a moment, and ends when it stays away', async () => {
    const failing = (times: number) => {
      let left = times;
      const chat = scriptedChat((request, turn) => {
        left -= 1;
        if (left >= 0) throw new RatchetError('ChatUnavailable', 'Nobody answers.');
        return story(request, turn);
      });
      return work(chat, testAgent([lookUp, note, handIn, sending([], { canTell: true })]));
    };
    const once = await failing(1);
    expect(once.state.ended?.why).toBe('finished');
    expect((await once.world.budgets.get(testRun))?.spent.turns).toBe(6);
    const away = await failing(5);
    expect(away.state.ended).toEqual({ why: 'model-unavailable', detail: 'Nobody answers.' });
    const { spent, reserved } = (await away.world.budgets.get(testRun)) ?? {};
    expect([spent?.turns, reserved?.turns]).toEqual([0, 0]);
  });

  test('waits for an answer three minutes, whatever time there is, and not again for one that did not come', async () => {
    let now = 0;
    const until: number[] = [];
    const chat: ChatModel = {
      ...scriptedChat(story),
      async answer(_request, deadline) {
        until.push(deadline);
        now = deadline;
        throw new RatchetError('ChatUnavailable', 'No answer came.');
      },
    };
    const world = {
      chat,
      budgets: new MemoryBudgets(),
      objects: new MemoryObjectStore(),
      clock: { now: () => now },
      waits: [5],
    };
    await openBudget(world.budgets);
    const { state, waitSeconds } = await workAgent(testAgent([lookUp]), world, 3_600_000);
    expect(until).toEqual([180_000]);
    expect([state.ended, waitSeconds]).toEqual([{ why: 'model-unavailable', detail: 'No answer came.' }, 0]);
  });

  test('says when it may be asked again, and leaves the rest of its turns for later when the time is over', async () => {
    let asked = 0;
    const chat = scriptedChat((request, turn) => {
      asked += 1;
      if (asked === 2) throw new RatchetError('ChatUnavailable', 'Nobody answers.');
      return story(request, turn);
    });
    const world = {
      chat,
      budgets: new MemoryBudgets(),
      objects: new MemoryObjectStore(),
      clock: new SystemClock(),
      waits: [7],
    };
    await openBudget(world.budgets);
    const agent = testAgent([lookUp, note, handIn, sending([], { canTell: true })]);
    const soon = () => Date.now() + 1_000;
    const first = await workAgent(agent, world, soon());
    expect([first.state.turn, first.state.ended, first.waitSeconds]).toEqual([1, null, 0]);
    const second = await workAgent(agent, world, soon());
    expect([second.state.turn, second.waitSeconds]).toEqual([1, 7]);
  });

  test.each([
    ['calls of tools that are not there', () => ({ calls: [['promote', {}] as const] })],
    ['arguments that are no JSON', () => ({ calls: [['look_up', '{"characters": 5'] as const] })],
    ['arguments of another form', () => ({ calls: [['look_up', { characters: 'many' }] as const] })],
    ['nothing at all', () => ({})],
  ])('is given up when it makes %s, time after time', async (_, line: () => Line) => {
    const { state } = await work(scriptedChat(line), testAgent([lookUp, handIn]));
    expect(state.ended?.why).toBe('nonsense');
    expect(state.handedIn).toBeNull();
    expect(state.turn).toBeLessThanOrEqual(6);
  });

  test('is told that an answer was cut off, and ends when a filter holds one back', async () => {
    const chat = scriptedChat((_request, turn) =>
      turn === 0 ? { calls: [['hand_in', '{"result":"half'] as const], end: 'length' } : { text: '', end: 'filtered' },
    );
    const { state, world } = await work(chat, testAgent([handIn]));
    const [first] = await readTurns(world.objects, 'runs/m1/r1/a1');
    expect(first?.note).toContain('cut off');
    expect(state.ended?.why).toBe('filtered');
  });

  test('does no more than eight calls a turn', async () => {
    const sent: string[] = [];
    const many = Array.from({ length: 12 }, (_, at) => ['send', { text: `n${at}` }] as const);
    const chat = scriptedChat((_, turn) => (turn === 0 ? { calls: many } : { calls: [['hand_in', { result: '' }]] }));
    await work(chat, testAgent([handIn, sending(sent, { canTell: true })]), 2);
    expect(sent).toHaveLength(8);
  });

  test('eight of them at once take exactly the turns of their budget', async () => {
    const budgets = new MemoryBudgets();
    const objects = new MemoryObjectStore();
    await openBudget(budgets, 37);
    const chat = scriptedChat(() => ({ calls: [['look_up', { characters: 50 }]] }));
    const states = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const agent = testAgent([lookUp], { agentId: `a${at}`, folder: `runs/m1/r1/a${at}` });
        return (await workAgent(agent, { chat, budgets, objects, clock: new SystemClock() }, never)).state;
      }),
    );
    expect(states.map(({ ended }) => ended?.why)).toEqual(Array(8).fill('budget-spent'));
    expect(states.reduce((sum, { turn }) => sum + turn, 0)).toBe(37);
    expect(chat.requests).toHaveLength(37);
  });
});
