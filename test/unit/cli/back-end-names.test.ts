import { describe, expect, test } from 'vitest';
import { backEndNames } from '../../../cli/back-end-names.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { lexiconBackEnd, lexiconBackEndOn } from '../../helpers/lexicon-back-end.ts';
import { madeUpEntities } from '../../helpers/made-up-entities.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';

describe('the back ends that a person names', () => {
  const ports = memoryPorts();
  const { trainer } = lexiconBackEndOn(ports.objects);
  const trainers = new Map([...ports.trainers, [trainer.name, trainer]]);
  const { predictor, analyst, judge } = defaultBackEnds;

  test('are the first ones for the task where nothing is said', () => {
    expect(backEndNames({ analyst, judge }, 'classification', ports)).toEqual(defaultBackEnds);
    const first = { ...defaultBackEnds, trainer: lexiconBackEnd, predictor: lexiconBackEnd };
    expect(backEndNames({ analyst, judge }, madeUpEntities.kind, { trainers })).toEqual(first);
  });

  test('answer with the first predictor that the trainer names, where the trainer alone is said', () => {
    const named = { analyst, judge, trainer: lexiconBackEnd };
    expect(backEndNames(named, 'classification', { trainers }).predictor).toBe(lexiconBackEnd);
  });

  test('are those said', () => {
    const all = { trainer: lexiconBackEnd, predictor, analyst: 'a', judge: 'j' };
    expect(backEndNames(all, 'classification', { trainers })).toEqual({ ...all, secondOpinion: null });
  });
});
