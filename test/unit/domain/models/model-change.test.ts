import { expect, test } from 'vitest';
import {
  labelChangesOf,
  type ModelChange,
  mostLabelChanges,
  mostSettingsChanges,
  withModelChange,
} from '../../../../shared/domain/models/model-change.ts';

const at = '2026-01-01T00:00:00.000Z';
const settings = (by: string): ModelChange => ({ at, by, what: 'settings', from: { alpha: 0.05 }, to: { alpha: 0.1 } });
const labels = (name: string): ModelChange => ({
  at,
  by: 'ana',
  what: 'labels',
  change: { how: 'add', labels: [name] },
});

test('the oldest changes of settings make room, label changes never do', () => {
  const first = [labels('a'), ...Array.from({ length: mostSettingsChanges }, (_, index) => settings(`p${index}`))];
  const after = withModelChange(first, settings('last'));
  expect(after).toHaveLength(first.length);
  expect(after[0]).toEqual(labels('a'));
  expect(after.at(1)?.by).toBe('p1');
  expect(after.at(-1)?.by).toBe('last');
});

test('labels are refused when they were changed too often, since what is stored is read through every change', () => {
  const full = Array.from({ length: mostLabelChanges }, (_, index) => labels(`l${index}`));
  expect(() => withModelChange(full, labels('more'))).toThrow(/changed 500 times/);
  expect(withModelChange(full, settings('ana'))).toHaveLength(mostLabelChanges + 1);
});

test('label changes are read out in their order', () => {
  expect(labelChangesOf({ changes: [labels('a'), settings('ana'), labels('b')] })).toEqual([
    { how: 'add', labels: ['a'] },
    { how: 'add', labels: ['b'] },
  ]);
});
