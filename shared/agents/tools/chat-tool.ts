import { z } from 'zod';
import type { ChatTool, JsonSchema } from '../../ports/chat-model.ts';
import type { Tool } from './tool.ts';

/** A tool as chat models are told of it; its arguments' JSON Schema comes from their zod schema. */
export function chatTool({ name, description, given }: Tool): ChatTool {
  const { $schema: _, ...parameters } = z.toJSONSchema(given, { io: 'input', unrepresentable: 'any' });
  return { name, description, parameters: parameters as JsonSchema };
}
