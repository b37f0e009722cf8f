import type { ZodType } from 'zod';
import type { Tool, ToolEffect, ToolOutcome } from './tool.ts';

/** A tool that only reads. */
export function reads<A>(
  name: string,
  description: string,
  given: ZodType<A>,
  read: (given: A) => Promise<ToolOutcome> | ToolOutcome,
): Tool {
  return untyped({ name, description, given, read: async (value: A) => read(value) });
}

/** A tool that changes something. */
export function changes<A>(name: string, description: string, given: ZodType<A>, effect: ToolEffect<A>): Tool {
  return untyped({ name, description, given, effect });
}

/** Arguments are parsed by the tool's own schema before they reach it, so that tools of all kinds lie in one list. */
function untyped<A>(tool: Tool<A>): Tool {
  return tool as unknown as Tool;
}
