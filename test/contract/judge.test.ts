import { expect, test } from 'vitest';
import { createRuleJudge } from '../../shared/adapters/judges/rule-judge.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { judgeContract } from './judge-contract.ts';

const create = () => createRuleJudge({ tasks: taskKinds });
judgeContract('rule', create);

test('the rule judge passes what is the right output to the letter, and says nothing where none is known', async () => {
  const [ham, spam] = ['ham', 'spam'].map(labelOutput);
  if (ham === undefined || spam === undefined) throw new Error('no labels');
  const answers = [
    { traceId: 'a', input: 'x', answer: ham, expected: ham },
    { traceId: 'b', input: 'x', answer: ham, expected: spam },
    { traceId: 'c', input: 'x', answer: ham, expected: null },
  ];
  const { answers: said } = await toEnd(create(), 'k', {
    task: classificationTask(['ham', 'spam']),
    rubric: null,
    answers,
  });
  expect(said.map(({ traceId, verdict }) => [traceId, verdict])).toEqual([
    ['a', 'pass'],
    ['b', 'fail'],
  ]);
});
