import type { Agent } from '../../../agents/agent.ts';
import { agentIdOf } from '../../../agents/outcome.ts';
import type { ChatModel } from '../../../ports/chat-model.ts';
import type { ShardWork } from './work.ts';

/** Of one answer; of a small window, an eighth. */
const answerTokens = 4_000;

/** What an agent's work says of the agent, whatever its role. */
export function commonAgent(
  { key, run }: Pick<ShardWork, 'key' | 'run'>,
  { window }: Pick<ChatModel, 'window'>,
  folder: string,
): Pick<Agent, 'agentId' | 'runId' | 'folder' | 'pins' | 'limits' | 'seed'> {
  return {
    agentId: agentIdOf(key),
    runId: run.runId,
    folder,
    pins: [],
    limits: {
      turns: run.allowance.turnsOfOne,
      outputTokens: run.allowance.analyzerOutputTokens,
      answerTokens: Math.min(answerTokens, Math.floor(window / 8)),
    },
    seed: run.seed,
  };
}
