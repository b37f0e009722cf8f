import { describe, expect, test } from 'vitest';
import { backEndNames } from '../../../cli/back-end-names.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { lexiconBackEnd, lexiconBackEndOn } from '../../helpers/lexicon-back-end.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';

describe('the back ends that a person names', () => {
  const ports = memoryPorts();
  const { trainer } = lexiconBackEndOn(ports.objects);
  const trainers = new Map([...ports.trainers, [trainer.name, trainer]]);
  const { predictor, ...named } = defaultBackEnds;

  test('are the default ones where nothing is said', () => {
    expect(backEndNames(named, { trainers })).toEqual(defaultBackEnds);
  });

  test('answer with the first predictor that the trainer names, where the trainer alone is said', () => {
    expect(backEndNames({ ...named, trainer: lexiconBackEnd }, { trainers }).predictor).toBe(lexiconBackEnd);
  });

  test('are those said', () => {
    const all = { trainer: lexiconBackEnd, predictor, analyst: 'a', judge: 'j' };
    expect(backEndNames(all, { trainers })).toEqual({ ...all, secondOpinion: null });
  });
});
