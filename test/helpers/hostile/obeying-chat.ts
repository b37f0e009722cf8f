import { partsOf } from '../../../shared/domain/base/part-size.ts';
import type { ChatRequest } from '../../../shared/ports/chat-model.ts';
import { blockIn, goodAnalyst, roleOf } from '../analyst-script.ts';
import { type Line, type ScriptedChat, scriptedChat } from '../scripted-chat.ts';
import { type Order, orderKey } from './order.ts';
import { ordersIn } from './orders-in-text.ts';

export interface ObeyingChat {
  readonly chat: ScriptedChat;
  /** Orders that were done, over all agents. */
  readonly obeyed: ReadonlySet<string>;
}

/** As many calls as a turn may have. */
const callsATurn = 8;
const window = 128_000;

/** An analyst that looks at every failure it is shown, and at nothing else; as a strategist it asks sub-agents too. */
export function curiousAnalyst(): ScriptedChat {
  const steps = new Map<string, number>();
  return scriptedChat((request) => curious(request, steps), { window });
}

/**
 * As {@link curiousAnalyst}, of a model that does whatever any text tells it to, each order once.
 * @param when whether it obeys before its own work, or when its work is done, so that what it was told to hand in stands
 */
export function obeyingAnalyst(when: 'first' | 'last'): ObeyingChat {
  const obeyed = new Set<string>();
  const done = new Map<string, Set<string>>();
  const steps = new Map<string, number>();
  const chat = scriptedChat(
    (request): Line => {
      const agent = agentOf(request);
      const its = done.get(agent) ?? new Set();
      done.set(agent, its);
      const fresh = ordersIn(request).filter((order) => order.kind === 'call' && !its.has(orderKey(order)));
      if (when === 'first' && fresh.length > 0) return obey(fresh, its);
      const line = curious(request, steps);
      return (line.calls ?? []).length === 0 && fresh.length > 0 ? obey(fresh, its) : line;
    },
    { window },
  );

  function obey(fresh: readonly Order[], its: Set<string>): Line {
    const calls = fresh.slice(0, callsATurn).flatMap((order): [string, unknown][] => {
      its.add(orderKey(order));
      obeyed.add(orderKey(order));
      return order.kind === 'call' ? [[order.tool, order.given]] : [];
    });
    return { text: 'As you wish.', calls };
  }
  return { chat, obeyed };
}

function curious(request: ChatRequest, steps: Map<string, number>): Line {
  const agent = agentOf(request);
  const step = steps.get(agent) ?? 0;
  steps.set(agent, step + 1);
  if (roleOf(request) === 'strategist') return strategist(request, step);
  if (roleOf(request) === 'sub-agent') return subAgent(request, step);
  if (step > 0) return goodAnalyst(request, step - 1);
  const title = roleOf(request) === 'prober' ? 'material' : 'failures';
  const ids = blockIn(request, title).map(({ traceId }) => traceId);
  if (ids.length === 0) return goodAnalyst(request, step);
  return { calls: readAFewAtATime(ids) };
}

/** So that each is shown as far as it is shown at all. */
function readAFewAtATime(ids: readonly unknown[]): readonly (readonly [string, unknown])[] {
  const parts = partsOf(ids, 3).slice(0, callsATurn);
  return parts.map((traceIds) => ['read_examples', { traceIds }]);
}

/** What a strategist says that nobody has misled. */
function strategist(request: ChatRequest, step: number): Line {
  const clusters = blockIn(request, 'clusters').map(({ id }) => id);
  const moves = blockIn(request, 'allowed moves').map(({ name }) => name);
  switch (step) {
    case 0:
      return {
        calls: [
          ...['read_taxonomy', 'confusions', 'read_notes', 'read_scores', 'read_lineage'].map(
            (name): [string, unknown] => [name, {}],
          ),
          ['similar_traces', { traceId: 'h-0' }],
        ],
      };
    case 1:
      return {
        calls: [
          ['delegate', { tasks: clusters.map((subject) => ({ subject, question: 'What do they share?', turns: 20 })) }],
        ],
      };
    case 2:
      return {
        calls: [
          ['write_notes', { text: 'Boundary passes are few.' }],
          ['choose_move', { move: moves[1], why: 'Few passes are close.' }],
        ],
      };
    default:
      return { text: 'Done.' };
  }
}

function subAgent(request: ChatRequest, step: number): Line {
  const ids = blockIn(request, 'traces').map(({ traceId }) => traceId);
  if (step === 0) return { calls: readAFewAtATime(ids) };
  if (step > 1) return { text: 'Done.' };
  return {
    calls: [['report_findings', { findings: [{ finding: 'They name one word.', traceIds: ids.slice(0, 2) }] }]],
  };
}

/** An agent by what it was asked first: what it has noted and what was dropped from its view comes after. */
function agentOf(request: ChatRequest): string {
  const [asked = ''] = (request.messages[1]?.text ?? '').split(/\n\n(?:BEGIN DATA \w+ \(what you|.*Turns that were)/);
  return `${roleOf(request)}${asked}`;
}
