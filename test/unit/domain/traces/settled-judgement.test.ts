import { expect, it } from 'vitest';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import { settledJudgement } from '../../../../shared/domain/traces/settled-judgement.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleTrace } from '../../../helpers/trace-samples.ts';

const task = classificationTask(['ham', 'spam']);

function settled(...said: readonly [kind: Judgement['judge']['kind'], id: string, expected: string | null][]) {
  const judgements = said.map(
    ([kind, id, expected], at): Judgement => ({
      judgementId: `j${at}`,
      traceId: 't1',
      verdict: expected === null ? 'pass' : 'fail',
      ...(expected === null ? {} : { expected: labelOutput(expected) }),
      judge: { kind, id, reason: '' },
      judgedAt: `2026-01-0${at + 1}T00:00:00Z`,
    }),
  );
  const trace = { ...sampleTrace(), output: labelOutput('ham') };
  return settledJudgement({ trace, judgements, leftOpen: [] }, task, classification).judgement;
}

it('names other judges who say the same as the one who counts, of any kind, each once', () => {
  const both = settled(['llm', 'one', 'spam'], ['llm', 'two', 'spam'], ['human', 'ana', 'spam']);
  expect(both).toMatchObject({ judge: { kind: 'human', id: 'ana' }, alsoBy: ['llm/one', 'llm/two'] });
  const passed = settled(['llm', 'one', null], ['llm', 'one', 'ham'], ['human', 'ana', 'ham']);
  expect(passed?.alsoBy).toEqual(['llm/one']);
});

it('names nobody who says otherwise, nor the judge who counts', () => {
  expect(settled(['llm', 'one', 'ham'], ['human', 'ana', 'spam'])).not.toHaveProperty('alsoBy');
  expect(settled(['human', 'ana', 'spam'], ['human', 'ana', 'spam'])).not.toHaveProperty('alsoBy');
});
