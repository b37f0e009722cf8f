import { describe, expect, test } from 'vitest';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { checkBackEnds } from '../../../shared/operations/check-back-ends.ts';
import type { BackEnds } from '../../../shared/ports/back-ends.ts';
import type { Predictor } from '../../../shared/ports/predictor.ts';
import type { Trainer } from '../../../shared/ports/trainer.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { lexiconBackEndOn } from '../../helpers/lexicon-back-end.ts';
import { madeUpEntities } from '../../helpers/made-up-entities.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';

/** The embedded back ends beside the lexicon's, and a second trainer and predictor for classifications. */
function backEnds(more: { trainers?: readonly Trainer[]; predictors?: readonly Predictor[] } = {}): BackEnds {
  const ports = memoryPorts();
  const lexicon = lexiconBackEndOn(ports.objects);
  const trainers = [...ports.trainers.values(), lexicon.trainer, ...(more.trainers ?? [])];
  const predictors = [...ports.predictors.values(), lexicon.predictor, ...(more.predictors ?? [])];
  return {
    ...ports,
    trainers: new Map(trainers.map((trainer) => [trainer.name, trainer])),
    predictors: new Map(predictors.map((predictor) => [predictor.name, predictor])),
  };
}

async function fault(
  names: { trainer?: string; predictor?: string; trainerOptions?: Record<string, string> },
  kind: { readonly kind: string },
  all = backEnds(),
): Promise<readonly string[]> {
  const choice = { ...defaultBackEnds, trainerOptions: {}, ...names };
  const { name, message, mend } = await rejection((async () => checkBackEnds(choice, kind, all))());
  return [name, message, mend];
}

describe('checkBackEnds', () => {
  test('gives the trainer, with the defaults of its options', () => {
    const { trainer, trainerOptions } = checkBackEnds(
      { ...defaultBackEnds, trainerOptions: {} },
      classification,
      backEnds(),
    );
    expect([trainer.name, trainerOptions]).toEqual(['embedded', { foundation: 'use-lite' }]);
  });

  test('refuses a trainer that does not serve the task, and names those that do', async () => {
    expect(await fault({}, madeUpEntities)).toEqual([
      'InvalidInput',
      'Trainer embedded does not train models for the task made-up-entities.',
      'Use trainer lexicon.',
    ]);
    expect(await fault({}, { kind: 'poetry' })).toContain('There is no trainer here that does.');
  });

  test('refuses a predictor that does not serve the task', async () => {
    expect(await fault({ trainer: 'lexicon' }, madeUpEntities)).toEqual([
      'InvalidInput',
      'Predictor embedded does not answer for the task made-up-entities.',
      'Use predictor lexicon.',
    ]);
  });

  test('refuses a predictor that cannot answer with what the trainer makes, though both serve the task', async () => {
    const { trainers, predictors } = memoryPorts();
    const all = backEnds({
      trainers: [...trainers.values()].map((own) => ({ ...own, name: 'other', predictors: ['other'] })),
      predictors: [...predictors.values()].map((own) => ({ ...own, name: 'other' })),
    });
    expect(await fault({ predictor: 'other' }, classification, all)).toEqual([
      'InvalidInput',
      'Predictor other cannot answer with what trainer embedded makes.',
      'Use predictor embedded.',
    ]);
    expect(
      checkBackEnds(
        { ...defaultBackEnds, trainer: 'other', predictor: 'other', trainerOptions: {} },
        classification,
        all,
      ).trainer.name,
    ).toBe('other');
  });

  test('refuses an option that the trainer does not have rather than pass over it', async () => {
    const lexicon = { trainer: 'lexicon', predictor: 'lexicon' };
    expect(await fault({ ...lexicon, trainerOptions: { foundation: 'none' } }, madeUpEntities)).toEqual([
      'InvalidInput',
      'Trainer lexicon has no option "foundation".',
      'Leave it out: the trainer has no options.',
    ]);
    expect(await fault({ trainerOptions: { colour: 'red' } }, classification)).toEqual([
      'InvalidInput',
      'Trainer embedded has no option "colour".',
      'Its options are: foundation.',
    ]);
    expect((await fault({ trainerOptions: { foundation: 'rock' } }, classification))[1]).toContain('foundation');
  });
});
