import { agentsAnalyst } from '../shared/adapters/analysts/agents/agents-analyst.ts';
import { SystemClock } from '../shared/adapters/local/system-clock.ts';
import { RatchetError } from '../shared/domain/base/errors.ts';
import type { Model } from '../shared/domain/models/model.ts';
import type { Ports } from '../shared/ports/ports.ts';
import type { Session } from './session.ts';

/** Whether runs of the model ask a chat model anything. */
export function asksChat(
  { analyst, judge, secondOpinion }: Pick<Model, 'analyst' | 'judge' | 'secondOpinion'>,
  { judges }: Pick<Ports, 'judges'>,
): boolean {
  const ofJudges = [judge, secondOpinion].some((name) => name !== null && judges.get(name)?.mustAgree === true);
  return analyst === agentsAnalyst || ofJudges;
}

/** Whether a chat model is configured for the workspace, if wrongly, which is told elsewhere; taken for so on a stack. */
export async function hasChat({ stack, directory, io }: Pick<Session, 'stack' | 'directory' | 'io'>): Promise<boolean> {
  if (stack !== null) return true;
  const { workspaceChat } = await import('./workspace-chat.ts');
  try {
    return (await workspaceChat(directory, io.env, new SystemClock())) !== null;
  } catch (error) {
    if (error instanceof RatchetError) return true;
    throw error;
  }
}
