import { describe, expect, test } from 'vitest';
import { partsSince, partsWithoutExample } from '../../../../shared/domain/curriculum/parts-without-example.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const split = { how: 'split', from: 'order', into: ['where', 'when'] } as const;

describe('the parts of what a champion could answer', () => {
  test('are those of labels that were split since, under the names of today', () => {
    expect(partsSince(['order', 'refund'], [split])).toEqual(['when', 'where']);
    const renamed = [
      { how: 'rename', from: 'ask', to: 'order' } as const,
      split,
      { how: 'rename', from: 'when', to: 'time' } as const,
      { how: 'merge', labels: ['where', 'refund'], aliases: [], into: 'other' } as const,
    ];
    expect(partsSince(['ask', 'refund'], renamed)).toEqual(['other', 'time']);
  });

  test('are none after a new label, nor for a champion that has the parts already', () => {
    expect(partsSince(['order'], [{ how: 'add', labels: ['fee'] }])).toEqual([]);
    expect(partsSince(['where', 'when'], [split])).toEqual([]);
    expect(partsSince(['refund'], [{ how: 'add', labels: ['order'] }, split])).toEqual([]);
  });

  test('lack an example where no output is about them', () => {
    const about = (labels: string[]) => partsWithoutExample(['when', 'where'], labels.map(labelOutput), classification);
    expect(about(['refund'])).toEqual(['when', 'where']);
    expect(about(['where', 'refund'])).toEqual(['when']);
    expect(about(['where', 'when'])).toEqual([]);
  });
});
