import { schemaByTool } from '../adapters/chat/schema-by-tool.ts';
import type { ChatConfiguration } from '../domain/base/chat-configuration.ts';
import type { ChatModel } from '../ports/chat-model.ts';
import type { Clock } from '../ports/clock.ts';

export interface ChatModelOptions {
  readonly clock: Clock;
  /** Gives the key of an OpenAI-compatible endpoint, asked for once; null where it needs none. */
  readonly key: () => Promise<string | null>;
}

/** The chat model that a configuration names. Its provider's client is loaded when it is first asked. */
export function createChatModel(configuration: ChatConfiguration, options: ChatModelOptions): ChatModel {
  const { model, window, prices, schema } = configuration;
  let loading: Promise<ChatModel> | undefined;
  const lazy: ChatModel = {
    name: model,
    window,
    prices,
    async answer(request, deadline) {
      loading ??= load(configuration, options);
      // What could not be loaded, such as a key that could not be fetched, is tried again with the next request.
      const loaded = await loading.catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loaded.answer(request, deadline);
    },
  };
  return schema === 'tool' ? schemaByTool(lazy) : lazy;
}

async function load(configuration: ChatConfiguration, { clock, key }: ChatModelOptions): Promise<ChatModel> {
  if (configuration.provider === 'bedrock') {
    const { createBedrockChat } = await import('../adapters/chat/bedrock-chat.ts');
    const { region = null, url = null } = configuration;
    return createBedrockChat({ ...configuration, region, url, clock });
  }
  const { createOpenAiChat } = await import('../adapters/chat/openai-chat.ts');
  return createOpenAiChat({ ...configuration, key: await key(), clock });
}
