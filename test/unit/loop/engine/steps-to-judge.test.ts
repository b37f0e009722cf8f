import { describe, expect, test } from 'vitest';
import type { Step } from '../../../../shared/domain/steps/step-text.ts';
import { stepsToJudge } from '../../../../shared/loop/engine/steps-to-judge.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const spam = labelOutput('spam');
const record = (steps: readonly Step[] | null) => ({
  input: 'what is 2 + 3?',
  steps: steps === null ? null : [...steps],
  recorded: spam,
  answer: spam,
});
const message = (output: string, name?: string): Step => ({
  type: 'message',
  output,
  ...(name !== undefined && { name }),
});

describe('the steps that a judge sees', () => {
  test('are numbered lines, one a step, with who took it', () => {
    const steps = [message('I look\n\n it   up', 'planner'), { type: 'tool_call', input: { of: 'card' } } as const];
    expect(stepsToJudge(record(steps), classification)).toEqual({
      text: '1. message (planner): I look it up\n2. tool_call: {"of":"card"}',
      mistake: null,
    });
  });

  test('come with the first mistake among them', () => {
    const steps = [message('Let me see.'), message('17 + 5 = 23', 'solver')];
    const { mistake } = stepsToJudge(record(steps), classification) ?? {};
    expect(mistake).toMatch(/^step 2 \(solver\), /);
  });

  test('are cut to 6,000 characters, and half a character is replaced', () => {
    const { text = '' } =
      stepsToJudge(record(Array.from({ length: 30 }, () => message('word '.repeat(100)))), classification) ?? {};
    expect(text).toHaveLength(6_000);
    const emoji = Array.from({ length: 20 }, (_, at) => message(`${at === 0 ? '.' : ''}${'😀'.repeat(299)}`));
    const cut = stepsToJudge(record(emoji), classification)?.text ?? '';
    expect(cut).toHaveLength(6_000);
    expect(cut.isWellFormed()).toBe(true);
    expect(cut.at(-1)).toBe('�');
  });

  test('are none where none are on record', () => {
    expect(stepsToJudge(record(null), classification)).toBeNull();
    expect(stepsToJudge(record([]), classification)).toBeNull();
  });

  test('are none where they led to another answer than the one to judge', () => {
    const steps = [message('hello')];
    expect(stepsToJudge({ ...record(steps), answer: labelOutput('ham') }, classification)).toBeNull();
    expect(stepsToJudge({ ...record(steps), recorded: null }, classification)).toBeNull();
    expect(stepsToJudge(record(steps), classification)).not.toBeNull();
  });

  test('are none where only a judge can tell, as candidates have none', () => {
    expect(stepsToJudge(record([message('hello')]), { ...classification, needsJudge: true })).toBeNull();
  });
});
