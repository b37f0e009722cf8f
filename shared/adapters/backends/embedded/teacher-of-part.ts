import { RatchetError } from '../../../domain/base/errors.ts';
import { partOf } from '../../../domain/evaluation/fold.ts';
import type { Served } from '../../../domain/models/served.ts';
import type { TrainingRequest } from '../../../ports/trainer.ts';
import type { HeldOutPart } from './training-rows.ts';

/**
 * What the model of a part may learn from: the teacher's model that has not seen the part either.
 * @param heldOut null for the model of all examples, which may learn from what the teacher answers with
 * @throws RatchetError InvalidInput where the teacher has no such model
 */
export function teacherOfPart(teacher: NonNullable<TrainingRequest['teacher']>, heldOut: HeldOutPart | null): Served {
  const { served, folds } = teacher;
  if (heldOut === null || folds === null) {
    return served;
  }
  const { part, parts } = heldOut;
  if (folds.parts > parts) {
    throw new RatchetError(
      'InvalidInput',
      `The teacher has models of ${folds.parts} parts, so its pupil needs as many: ${parts} parts are too few.`,
    );
  }
  // A part of ten is one fold; the teacher's part of five that has it holds it out too.
  const own = folds.models[folds.parts === parts ? part : partOf(part, folds.parts)] ?? null;
  if (own === null) {
    throw new RatchetError('InvalidInput', `The teacher has no model that has not seen part ${part} of ${parts}.`);
  }
  return own;
}
