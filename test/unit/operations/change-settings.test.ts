import { beforeEach, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';
import { changeSettings } from '../../../shared/operations/change-settings.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';

let ports: MemoryPorts;
const change = (set: Record<string, unknown>, unset: readonly string[] = []) =>
  changeSettings({ modelId: 'm1', set, unset, by: 'ana@desk' }, ports);

beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
});

describe('changing settings', () => {
  test('changes them together, and enters who, when, from and to in the record', async () => {
    const { changed } = await change({ targetScore: 0.9, critical: ['spam'] });
    expect(changed).toEqual([
      { name: 'targetScore', from: 0.96, to: 0.9 },
      { name: 'critical', from: [], to: ['spam'] },
    ]);
    const model = await ports.lineage.getModel('m1');
    expect(model?.settings).toEqual({ ...defaultSettings, targetScore: 0.9, critical: ['spam'] });
    expect(model?.revision).toBe(1);
    expect(model?.changes).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        by: 'ana@desk',
        what: 'settings',
        from: { targetScore: 0.96, critical: [] },
        to: { targetScore: 0.9, critical: ['spam'] },
      },
    ]);
  });

  test('takes what one judge alone says for meant, of labels and of words', async () => {
    const confirmed = ['ham > spam', 'word zxqv > ham'];
    expect((await change({ confirmed })).changed).toEqual([{ name: 'confirmed', from: [], to: confirmed }]);
  });

  test('gives a setting its default again', async () => {
    await change({ targetScore: 0.9, alpha: 0.1 });
    const { model, changed } = await change({}, ['targetScore']);
    expect(changed).toEqual([{ name: 'targetScore', from: 0.9, to: 0.96 }]);
    expect(model.settings).toEqual({ ...defaultSettings, alpha: 0.1 });
    expect(model.revision).toBe(2);
  });

  test('writes nothing where all is as wanted', async () => {
    expect((await change({ targetScore: 0.96 }, ['alpha'])).changed).toEqual([]);
    expect(await ports.lineage.getModel('m1')).toEqual(sampleModel());
  });

  test('changes none when one is wrong, and names each wrong one with its range and meaning', async () => {
    const fault = await rejection(change({ enoughFailures: 5, targetScore: 96, caution: 'reckless' }));
    expect(fault).toMatchObject({ name: 'InvalidInput' });
    expect(fault.message).toBe('targetScore cannot be 96; caution cannot be "reckless". Nothing was changed.');
    expect(fault).toHaveProperty('mend', expect.stringContaining('targetScore: 0 to 1 (τ: a candidate'));
    expect(fault).toHaveProperty('mend', expect.stringContaining('caution: strict, normal, bold (how sure'));
    expect(await ports.lineage.getModel('m1')).toEqual(sampleModel());
  });

  test.each([
    ['a name that is misspelt, with the nearest one', { targetscore: 0.9 }, [], 'The nearest one is targetScore.'],
    ['a name that is like none', { colour: 'red' }, [], 'Settings are: targetScore, caution'],
    ['a misspelt name to unset', {}, ['enoughFailure'], 'The nearest one is enoughFailures.'],
    ['one name to set and to unset', { alpha: 0.1 }, ['alpha'], 'Give each setting once'],
    ['what confirms no labels of the model', { confirmed: ['ham > eggs'] }, [], 'Write LABEL > OTHER'],
    ['a critical label that the model has not', { critical: ['eggs'] }, [], 'Name some of its labels: ham, spam.'],
    ['a prototype’s name', { constructor: 1 }, [], 'Settings are:'],
  ])('refuses %s', async (_what, set, unset, mend) => {
    const fault = await rejection(change(set, unset));
    expect(fault.name).toBe('InvalidInput');
    expect(fault).toHaveProperty('mend', expect.stringContaining(mend));
    expect(await ports.lineage.getModel('m1')).toEqual(sampleModel());
  });

  test('names the models there are for one that is not', async () => {
    const unknown = changeSettings({ modelId: 'other', set: {}, unset: [], by: 'ana' }, ports);
    expect((await rejection(unknown)).name).toBe('UnknownModel');
  });

  test('loses no change of two people at once', async () => {
    await Promise.all([change({ targetScore: 0.9 }), change({ alpha: 0.1 })]);
    const model = await ports.lineage.getModel('m1');
    expect(model?.settings).toEqual({ ...defaultSettings, targetScore: 0.9, alpha: 0.1 });
    expect(model?.changes).toHaveLength(2);
  });
});
