import { createLlmJudge } from '../../shared/adapters/judges/llm-judge.ts';
import type { Budgets } from '../../shared/ports/budgets.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Judge } from '../../shared/ports/judge.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { FixedClock } from './fixed-clock.ts';
import { MemoryBudgets } from './memory-budgets.ts';
import { MemoryObjectStore } from './memory-object-store.ts';

/** A judge that asks the given chat model, null for none. */
export function judgeAsking(
  chat: ChatModel | null,
  {
    votes = 1,
    objects = new MemoryObjectStore(),
    clock = new FixedClock(),
    budgets = new MemoryBudgets(),
  }: { votes?: 1 | 3; objects?: ObjectStore; clock?: Clock; budgets?: Budgets } = {},
): Judge {
  return createLlmJudge({ name: 'llm', votes, tasks: taskKinds, objects, budgets, clock, chat: async () => chat });
}

/** A judgement as a chat model writes it. */
export function judgement(
  verdict: string,
  correction: unknown = null,
  reason = 'as the rubric says',
): { text: string } {
  return { text: JSON.stringify({ reason, verdict, correction }) };
}
