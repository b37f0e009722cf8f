import { createAgentsAnalyst } from '../../shared/adapters/analysts/agents/agents-analyst.ts';
import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import type { Analyst } from '../../shared/ports/analyst.ts';
import type { Budgets } from '../../shared/ports/budgets.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { MemoryBudgets } from './memory-budgets.ts';
import { MemoryObjectStore } from './memory-object-store.ts';

export interface AnalystWorld {
  readonly analyst: Analyst;
  readonly objects: ObjectStore;
  readonly budgets: Budgets;
}

/** The analyst of agents with a chat model, its stores in memory. */
export function agentsWith(
  chat: ChatModel | null,
  world: Partial<AnalystWorld> & { readonly traceQuery?: TraceQuery } = {},
): AnalystWorld {
  const objects = world.objects ?? new MemoryObjectStore();
  const budgets = world.budgets ?? new MemoryBudgets();
  const analyst = createAgentsAnalyst({
    tasks: taskKinds,
    statistical: createStatisticalAnalyst({ tasks: taskKinds }),
    chat: async () => chat,
    objects,
    budgets,
    clock: new SystemClock(),
    waits: [0],
    traceQuery: world.traceQuery,
  });
  return { analyst, objects, budgets };
}
