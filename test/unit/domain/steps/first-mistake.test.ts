import { describe, expect, it } from 'vitest';
import { firstMistake } from '../../../../shared/domain/steps/first-mistake.ts';
import type { Walk } from '../../../../shared/domain/steps/step-mistake.ts';

function walk(steps: Walk['steps'], { input = 'How much is it?', answer = null as string | null } = {}): Walk {
  return { input, steps, answer };
}

const lookup = { type: 'tool_call', name: 'search', input: { query: 'price' } } as const;

describe('the first mistake on the way to an answer', () => {
  it('is none where no step shows one', () => {
    expect(firstMistake(walk([]))).toBeNull();
    expect(
      firstMistake(
        walk([
          { type: 'reasoning', output: '3 * 4 = 12' },
          lookup,
          { type: 'tool_result', name: 'search', output: '12' },
          { type: 'message', output: 'It is 12.' },
        ]),
      ),
    ).toBeNull();
  });

  it('a calculation that is wrong', () => {
    const found = firstMistake(
      walk([
        { type: 'message', name: 'Planner', output: 'We add the prices.' },
        { type: 'reasoning', name: 'Calculator', output: 'That is 3 * 4 = 13.' },
      ]),
    );
    expect(found).toEqual({
      step: 1,
      who: 'Calculator',
      cause: 'calculation-error',
      why: '3 * 4 is 12, not 13.',
    });
  });

  it('never one in what a tool gave back', () => {
    const result = { type: 'tool_result', name: 'page', output: 'Offer: 3 * 4 = 13' } as const;
    expect(firstMistake(walk([{ type: 'message', output: 'We look.' }, result]))).toBeNull();
  });

  it('something said to be looked up, with no tool asked', () => {
    const found = firstMistake(walk([{ type: 'message', output: 'I have verified the price on their page: 7.' }]));
    expect(found).toMatchObject({ step: 0, who: null, cause: 'hallucinated-reasoning' });
    expect(found?.why).toContain('"I have verified"');
  });

  it('something said to be looked up after the tool gave nothing', () => {
    const steps = [
      lookup,
      { type: 'tool_result', name: 'search', output: '[]' },
      { type: 'message', output: 'After reviewing the results, the price is 7.' },
    ] as const;
    expect(firstMistake(walk(steps))).toMatchObject({ step: 2, cause: 'hallucinated-reasoning' });
  });

  it('an assumption in place of what could be looked up', () => {
    const found = firstMistake(walk([{ type: 'reasoning', output: 'Let us assume that a ticket costs 20.' }]));
    expect(found).toMatchObject({ step: 0, cause: 'wrong-assumption' });
  });

  it('a constraint of the input that no step names', () => {
    const found = firstMistake(
      walk([{ type: 'message', output: 'There are many gyms.' }], { input: 'Gyms within 200 m called "Iron"?' }),
    );
    expect(found).toMatchObject({ step: 0, cause: 'missing-constraint' });
    expect(found?.why).toBe('No step names "200", "Iron", which the input asks for.');
  });

  it('an answer that holds another number than the tool gave', () => {
    const steps = [lookup, { type: 'tool_result', name: 'search', output: 'total: 41' }] as const;
    expect(firstMistake(walk([...steps, { type: 'message', output: 'It is 57.' }]))).toMatchObject({
      step: 2,
      cause: 'hallucinated-reasoning',
    });
    expect(firstMistake(walk(steps, { answer: 'It is 57.' }))).toMatchObject({ step: 1 });
    expect(firstMistake(walk(steps, { answer: 'It is 41.' }))).toBeNull();
  });

  it('the same call for the third time', () => {
    const result = { type: 'tool_result', name: 'search', output: 'see below' } as const;
    expect(firstMistake(walk([lookup, result, lookup, result]))).toBeNull();
    expect(firstMistake(walk([lookup, result, lookup, result, lookup]))).toMatchObject({
      step: 4,
      cause: 'wrong-assumption',
    });
  });

  it('a tool that failed and never answered, which is no fault of the model', () => {
    const failed = { type: 'tool_result', name: 'search', output: 'Error: rate limit exceeded' } as const;
    const fine = { type: 'tool_result', name: 'search', output: 'see below' } as const;
    expect(firstMistake(walk([lookup, failed]))).toMatchObject({ step: 1, who: 'search', cause: 'tool' });
    expect(firstMistake(walk([lookup, failed, lookup, fine]))).toBeNull();
  });

  it('is the surest, though another comes before it', () => {
    const steps = [
      { type: 'reasoning', output: 'Let us assume that it is open.' },
      { type: 'reasoning', output: '2 + 2 = 5' },
    ] as const;
    expect(firstMistake(walk(steps))).toMatchObject({ step: 1, cause: 'calculation-error' });
  });
});
