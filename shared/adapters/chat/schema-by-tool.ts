import type { ChatAnswer, ChatModel, ChatRequest, ChatTool } from '../../ports/chat-model.ts';

/**
 * Holds a model to a schema that has no output by schema: the answer is asked for as the call of a tool whose parameters
 * are the schema, and comes back as text.
 */
export function schemaByTool(model: ChatModel): ChatModel {
  return {
    ...model,
    async answer(request, deadline) {
      const { schema } = request;
      if (schema === null) return model.answer(request, deadline);
      return asText(await model.answer(withTool(request, schema), deadline), schema.name);
    },
  };
}

function withTool(request: ChatRequest, schema: NonNullable<ChatRequest['schema']>): ChatRequest {
  const tool: ChatTool = {
    name: schema.name,
    description: 'Takes the final answer. Call it once, with the whole answer.',
    parameters: schema.schema,
  };
  const { tools, toolChoice } = request;
  const isFree = tools.length > 0 && toolChoice !== 'none';
  return { ...request, schema: null, tools: [...tools, tool], toolChoice: isFree ? toolChoice : { tool: tool.name } };
}

function asText(answer: ChatAnswer, name: string): ChatAnswer {
  const call = answer.toolCalls.find((one) => one.name === name);
  if (call === undefined) return answer;
  const toolCalls = answer.toolCalls.filter((one) => one.name !== name);
  const end = answer.end === 'tool-calls' && toolCalls.length === 0 ? 'stop' : answer.end;
  return { ...answer, text: call.arguments, toolCalls, end };
}
