import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createChatModel } from '../shared/composition/create-chat-model.ts';
import { chatFile, readChatConfiguration } from '../shared/composition/read-chat-configuration.ts';
import type { ChatModel } from '../shared/ports/chat-model.ts';
import type { Clock } from '../shared/ports/clock.ts';

/**
 * The chat model of a workspace; null where none is configured.
 * @throws RatchetError InvalidInput when it is configured wrongly
 */
export async function workspaceChat(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<ChatModel | null> {
  const file = await readFile(join(directory, chatFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  const configuration = readChatConfiguration(env, file);
  if (configuration === null) return null;
  return createChatModel(configuration, { clock, key: async () => env.RATCHET_CHAT_KEY ?? null });
}
