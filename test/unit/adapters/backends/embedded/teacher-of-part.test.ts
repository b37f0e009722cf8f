import { expect, it } from 'vitest';
import { teacherOfPart } from '../../../../../shared/adapters/backends/embedded/teacher-of-part.ts';
import type { Parts } from '../../../../../shared/domain/evaluation/fold.ts';
import type { Served } from '../../../../../shared/domain/models/served.ts';

const model = (ref: string): Served => ({ predictor: 'embedded', ref, digest: ref });
const served = model('served');
const teacher = (parts: Parts) => ({
  served,
  folds: { parts, models: Array.from({ length: parts }, (_, part) => model(`${part}`)) },
});

it('gives a part the teacher’s model of it, and the model of all examples what the teacher answers with', () => {
  expect(teacherOfPart(teacher(5), { part: 3, parts: 5 }).ref).toBe('3');
  expect(teacherOfPart(teacher(10), { part: 9, parts: 10 }).ref).toBe('9');
  expect(teacherOfPart(teacher(5), null)).toBe(served);
});

it('gives a part of ten the teacher’s model of the part of five that it lies in', () => {
  const refs = Array.from({ length: 10 }, (_, part) => teacherOfPart(teacher(5), { part, parts: 10 }).ref);
  expect(refs.join('')).toBe('0011223344');
});

it('gives every part what the teacher answers with where that has seen no part at all', () => {
  expect(teacherOfPart({ served, folds: null }, { part: 3, parts: 5 })).toBe(served);
});

it('has nothing for a part of five that the teacher has two models of, nor for one without a model', () => {
  expect(() => teacherOfPart(teacher(10), { part: 0, parts: 5 })).toThrow(
    expect.objectContaining({ name: 'InvalidInput' }),
  );
  const partly = { served, folds: { parts: 5 as const, models: [null, model('1'), null, null, null] } };
  expect(teacherOfPart(partly, { part: 1, parts: 5 }).ref).toBe('1');
  expect(() => teacherOfPart(partly, { part: 0, parts: 5 })).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});
