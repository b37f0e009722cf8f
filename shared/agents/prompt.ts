import { readFile } from 'node:fs/promises';

/** What a model is told once, and what it is asked. */
export interface Prompt {
  readonly system: string;
  readonly user: string;
}

/** Prompts are files in `prompts`, beside this one and, as the build copies them, beside the code of a function. */
export async function readPrompt(name: string): Promise<Prompt> {
  const text = await readFile(new URL(`./prompts/${name}.md`, import.meta.url), 'utf8');
  const [system = '', user = ''] = text.split(/^---\n/m);
  return { system: system.trim(), user: user.trim() };
}

const variable = /\{\{(\w+)\}\}/g;

/** Names of the variables of a prompt. */
export function variablesOf({ system, user }: Prompt): ReadonlySet<string> {
  return new Set([...`${system}\n${user}`.matchAll(variable)].map(([, name = '']) => name));
}

/**
 * A prompt with each variable filled in, in one pass: a value that looks like a variable stays as it is.
 * @throws Error for a variable without a value, and for a value without a variable
 */
export function filledPrompt(prompt: Prompt, values: Readonly<Record<string, string>>): Prompt {
  const unused = Object.keys(values).filter((name) => !variablesOf(prompt).has(name));
  if (unused.length > 0) throw new Error(`the prompt has no variable ${unused.join(', ')}`);
  const fill = (text: string) =>
    text.replaceAll(variable, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the prompt's variable ${name} has no value`);
      return value;
    });
  return { system: fill(prompt.system), user: fill(prompt.user) };
}
