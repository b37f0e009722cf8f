import { readFile } from 'node:fs/promises';

/** Names of the prompts: a file each in `prompts`. A bundled function has them in a folder beside its code. */
export const promptNames = ['trace-analyzer', 'taxonomist', 'prober'] as const;
export type PromptName = (typeof promptNames)[number];

export interface Prompt {
  readonly system: string;
  readonly task: string;
}

const variable = /\{\{([a-z]+)\}\}/g;

/**
 * A prompt with its variables filled, each of which must be there and be used. What is filled in is not looked into for
 * variables again.
 */
export async function readPrompt(name: PromptName, values: Readonly<Record<string, string>>): Promise<Prompt> {
  const text = await readFile(new URL(`./prompts/${name}.md`, import.meta.url), 'utf8');
  const wanted = new Set([...text.matchAll(variable)].map(([, key]) => key));
  const missing = [...wanted].filter((key) => key === undefined || !Object.hasOwn(values, key));
  const unused = Object.keys(values).filter((key) => !wanted.has(key));
  if (missing.length > 0) throw new Error(`prompt ${name} lacks ${missing.join(', ')}`);
  if (unused.length > 0) throw new Error(`prompt ${name} has no place for ${unused.join(', ')}`);
  const [system, task, ...more] = text.split('\n---\n').map((part) => fill(part, values));
  if (system === undefined || task === undefined || more.length > 0)
    throw new Error(`prompt ${name} has not two parts`);
  return { system, task };
}

function fill(part: string, values: Readonly<Record<string, string>>): string {
  return part.replaceAll(variable, (_, key: string) => values[key] ?? '').trim();
}
