import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { filledPrompt, readPrompt, variablesOf } from '../../../shared/agents/prompt.ts';

const names = (await readdir(new URL('../../../shared/agents/prompts', import.meta.url))).map((file) =>
  file.replace(/\.md$/, ''),
);

describe.each(names)('the prompt %s', (name) => {
  it('has both its parts, and leaves no variable once all are filled', async () => {
    const prompt = await readPrompt(name);
    const values = Object.fromEntries([...variablesOf(prompt)].map((variable) => [variable, `<${variable}>`]));
    const { system, user } = filledPrompt(prompt, values);
    expect(system).not.toBe('');
    expect(user).not.toBe('');
    expect(system + user).not.toMatch(/\{\{|\}\}/);
    for (const value of Object.values(values)) expect(system + user).toContain(value);
  });
});

describe('a prompt', () => {
  const prompt = { system: 'Be {{how}}.', user: '{{what}}' };

  it('is filled in one pass, so that a value is never read as a variable', () => {
    expect(filledPrompt(prompt, { how: 'brief', what: '{{how}} $& $1' })).toEqual({
      system: 'Be brief.',
      user: '{{how}} $& $1',
    });
  });

  it('is not asked with a variable left open, or with a value that it has no place for', () => {
    expect(() => filledPrompt(prompt, { how: 'brief' })).toThrow('what');
    expect(() => filledPrompt(prompt, { how: 'brief', what: '', extra: '' })).toThrow('extra');
  });
});
