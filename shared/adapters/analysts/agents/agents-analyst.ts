import type { Analyst } from '../../../ports/analyst.ts';
import type { Budgets } from '../../../ports/budgets.ts';
import type { ChatModel } from '../../../ports/chat-model.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LongWork } from '../../../ports/long-work.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { TraceQuery } from '../../../ports/trace-query.ts';

export const agentsAnalyst = 'agents';

export interface AgentsAnalystOptions {
  readonly tasks: Ports['tasks'];
  /** What counts: agents start from what it finds, and it stands where they find nothing better. */
  readonly statistical: Analyst;
  /** Null where none is configured: then what counting found stands, and the report says so. */
  readonly chat: () => Promise<ChatModel | null>;
  readonly objects: ObjectStore;
  readonly budgets: Budgets;
  readonly clock: Clock;
  /** Absent where traces cannot be queried; agents then do without. */
  readonly traceQuery?: TraceQuery | undefined;
  /** Seconds before a model that did not answer is asked again, once each. */
  readonly waits?: readonly number[];
}

/**
 * An analyst of agents: one a shard, one for the taxonomy, two a cluster (probes, examples), one an iteration for the next
 * move. They are loaded when they are first asked.
 */
export function createAgentsAnalyst({ tasks, statistical, traceQuery, ...world }: AgentsAnalystOptions): Analyst {
  const made = { tasks, statistical, world };
  return {
    name: agentsAnalyst,
    analyze: later(async () => {
      const [{ agentWork }, { traceAnalyzer }] = await Promise.all([
        import('./agent-work.ts'),
        import('./trace-analyzer.ts'),
      ]);
      return agentWork(traceAnalyzer({ ...made, traceQuery }), world);
    }),
    taxonomy: later(async () => {
      const [{ agentWork }, { taxonomist }] = await Promise.all([import('./agent-work.ts'), import('./taxonomist.ts')]);
      return agentWork(taxonomist(made), world);
    }),
    probes: later(async () => {
      const [{ agentWork }, { prober }] = await Promise.all([import('./agent-work.ts'), import('./prober.ts')]);
      return agentWork(prober(made), world);
    }),
    examples: later(async () => {
      const [{ agentWork }, { curriculumWriter }] = await Promise.all([
        import('./agent-work.ts'),
        import('./curriculum-writer.ts'),
      ]);
      return agentWork(curriculumWriter(made), world);
    }),
    advice: later(async () => {
      const [{ agentWork }, { strategist }] = await Promise.all([import('./agent-work.ts'), import('./strategist.ts')]);
      return agentWork(strategist(made), world);
    }),
  };
}

function later<R, T>(load: () => Promise<LongWork<R, T>>): LongWork<R, T> {
  return {
    start: async (...given) => (await load()).start(...given),
    advance: async (...given) => (await load()).advance(...given),
  };
}
