import type { ConverseCommandOutput, StopReason } from '@aws-sdk/client-bedrock-runtime';
import type { ChatAnswer, ChatRequest, ChatToolCall } from '../../ports/chat-model.ts';

/** Reads an answer of Converse. Where no tool may be called, calls are left out: Converse cannot be told so. */
export function bedrockAnswer(
  { output, stopReason, usage }: ConverseCommandOutput,
  { toolChoice }: Pick<ChatRequest, 'toolChoice'>,
): ChatAnswer {
  const blocks = output?.message?.content ?? [];
  const text = blocks.map((block) => block.text ?? '').join('');
  const toolCalls =
    toolChoice === 'none'
      ? []
      : blocks.flatMap(({ toolUse }, at): ChatToolCall[] =>
          toolUse === undefined
            ? []
            : [
                {
                  id: toolUse.toolUseId ?? `call-${at + 1}`,
                  name: toolUse.name ?? '',
                  arguments: JSON.stringify(toolUse.input ?? {}),
                },
              ],
        );
  const cachedInputTokens = usage?.cacheReadInputTokens ?? 0;
  return {
    text,
    toolCalls,
    end: endOf(stopReason, toolCalls.length > 0),
    usage: {
      // What is read from a cache or written to one is counted apart.
      inputTokens: (usage?.inputTokens ?? 0) + cachedInputTokens + (usage?.cacheWriteInputTokens ?? 0),
      cachedInputTokens,
      outputTokens: usage?.outputTokens ?? 0,
    },
  };
}

function endOf(reason: StopReason | undefined, callsTools: boolean): ChatAnswer['end'] {
  switch (reason) {
    case 'content_filtered':
    case 'guardrail_intervened':
      return 'filtered';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    default:
      return callsTools ? 'tool-calls' : 'stop';
  }
}
