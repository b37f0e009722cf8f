import { describe, expect, it } from 'vitest';
import type { Judge, JudgeRequest } from '../../shared/ports/judge.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';

/** What every judge does, with an LLM behind it or not. */
export function judgeContract(name: string, create: () => Judge): void {
  describe(`${name} as a judge`, () => {
    const spam = labelOutput('spam');
    const request: JudgeRequest = {
      rubric: null,
      task: { kind: 'classification', labels: ['ham', 'spam'] } as JudgeRequest['task'],
      answers: [
        { traceId: 'a', input: 'win a prize', answer: spam, expected: spam },
        { traceId: 'b', input: 'lunch at noon', answer: spam, expected: labelOutput('ham') },
        { traceId: 'c', input: 'hello', answer: spam, expected: null },
      ],
    };
    const judge = async (key: string, asked: JudgeRequest) => (await toEnd(create(), key, asked)).answers;

    it('says of each answer at most once who judged it, and keeps a right output that is known', async () => {
      const said = await judge('some', request);
      expect(new Set(said.map(({ traceId }) => traceId)).size).toBe(said.length);
      for (const { traceId, verdict, expected, judge: by } of said) {
        const asked = request.answers.find((answer) => answer.traceId === traceId);
        expect(asked).toBeDefined();
        expect(['pass', 'fail']).toContain(verdict);
        expect([by.kind, by.id, by.reason].every((part) => part !== '')).toBe(true);
        if (asked?.expected !== null) expect(expected).toEqual(asked?.expected);
      }
    });

    it('says nothing of nothing', async () => {
      expect(await judge('none', { ...request, answers: [] })).toEqual([]);
    });

    it('says the same under a key that it was asked under before', async () => {
      expect(await judge('again', request)).toEqual(await judge('again', request));
    });
  });
}
