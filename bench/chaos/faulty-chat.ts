import { digest } from '../../shared/domain/base/ids.ts';
import type { Budgets } from '../../shared/ports/budgets.ts';
import type { ChatAnswer, ChatModel } from '../../shared/ports/chat-model.ts';
import type { FaultKind, Faults } from './faults.ts';

const writing: readonly FaultKind[] = ['lost-answer', 'twice'];

/** A chat model that is throttled, fails, loses its answers, is cut off, and writes calls that are none, or each twice. */
export function faultyChat(inner: ChatModel, faults: Faults): ChatModel {
  return {
    ...inner,
    answer: (request, deadline) =>
      faults.around({
        ...{ port: 'chat', method: 'answer', what: digest(JSON.stringify(request)), error: 'ChatUnavailable' },
        can: ['lost-answer', 'cut-off', 'malformed-call', 'repeated-call'],
        work: () => inner.answer(request, deadline),
        spoilt: spoiltAnswer,
      }),
  };
}

function spoiltAnswer(answer: ChatAnswer, kind: FaultKind): ChatAnswer {
  const { text, toolCalls } = answer;
  const cut = (written: string) => written.slice(0, Math.floor(written.length / 2));
  switch (kind) {
    case 'cut-off': {
      const last = toolCalls.length - 1;
      const calls = toolCalls.map((call, at) => (at === last ? { ...call, arguments: cut(call.arguments) } : call));
      return { ...answer, text: cut(text), toolCalls: calls, end: 'length' };
    }
    case 'malformed-call':
      return { ...answer, toolCalls: toolCalls.map((call) => ({ ...call, arguments: `${call.arguments}}` })) };
    case 'repeated-call':
      return { ...answer, toolCalls: toolCalls.flatMap((call) => [call, call]) };
    default:
      return answer;
  }
}

/** What the agents of a run may use, told late, twice and not at all. */
export function faultyBudgets(inner: Budgets, faults: Faults): Budgets {
  const around = <T>(method: string, what: string, can: readonly FaultKind[], work: () => Promise<T>) =>
    faults.around({ port: 'budgets', method, what, can, work });
  return {
    open: (runId, limit) => around('open', runId, writing, () => inner.open(runId, limit)),
    reserve: (runId, key, most) => around('reserve', `${runId} ${key}`, writing, () => inner.reserve(runId, key, most)),
    settle: (runId, key, used) => around('settle', `${runId} ${key}`, writing, () => inner.settle(runId, key, used)),
    get: (runId) => around('get', runId, [], () => inner.get(runId)),
  };
}
