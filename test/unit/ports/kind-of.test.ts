import { expect, test } from 'vitest';
import { kindNamed, kindOf } from '../../../shared/ports/kind-of.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { taskKinds } from '../../../shared/tasks/task-kinds.ts';

const ports = { tasks: taskKinds };

test('the kind of a task goes by its name', () => {
  expect(kindOf({ task: classificationTask(['ham', 'spam']) }, ports)).toBe(classification);
});

test('a kind that is not known, and a task that is none of its kind, are faults with a mend', () => {
  expect(() => kindNamed('poetry', taskKinds)).toThrowError(
    expect.objectContaining({ name: 'InvalidInput', mend: expect.stringContaining('classification') }),
  );
  expect(() => kindOf({ task: { kind: 'classification' } }, ports)).toThrowError(
    expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('classification') }),
  );
});
