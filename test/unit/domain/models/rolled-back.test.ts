import { describe, expect, it } from 'vitest';
import { type Control, firstControl, moveChampion } from '../../../../shared/domain/models/control.ts';
import { keptOutBy, peopleDigest, rolledBackFrom } from '../../../../shared/domain/models/rolled-back.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

type Move = Parameters<typeof moveChampion>[1];
const move = (kind: Move['kind'], to: string, more: Partial<Move> = {}): Move => ({
  at: '2026-01-01T00:00:00Z',
  to,
  kind,
  by: kind === 'rollback' ? 'ana' : 'run-1',
  reason: 'why',
  ...more,
});
const control = (...moves: readonly Move[]): Control => moves.reduce(moveChampion, firstControl('m'));
const promoted = move('promote', 'new', { people: 'seen' });

describe('what people rolled back from', () => {
  it('stays out while people have judged nothing else', () => {
    const found = rolledBackFrom(control(move('create', 'first'), promoted, move('rollback', 'first')));
    expect(found).toEqual([
      { checkpointId: 'new', by: 'ana', reason: 'why', at: '2026-01-01T00:00:00Z', people: 'seen' },
    ]);
    expect(keptOutBy(found, 'seen')?.checkpointId).toBe('new');
    expect(keptOutBy(found, 'judged anew')).toBeNull();
  });

  it('is let in by a release, and by moving to it again', () => {
    const back = control(move('create', 'first'), promoted, move('rollback', 'first'));
    const released = { at: '2026-01-02T00:00:00Z', by: 'ben', reason: 'an import' };
    expect(rolledBackFrom({ moves: back.moves.map((one) => ({ ...one, released })) })).toEqual([]);
    expect(rolledBackFrom(moveChampion(back, move('rollback', 'new')))).toEqual([]);
  });

  it('stays out until the next promotion where it is not known what people had judged', () => {
    const back = control(move('create', 'first'), move('promote', 'new'), move('rollback', 'first'));
    expect(keptOutBy(rolledBackFrom(back), 'anything')?.checkpointId).toBe('new');
    expect(rolledBackFrom(moveChampion(back, move('promote', 'newer', { people: 'p' })))).toEqual([]);
  });

  it('is remembered beside a later one', () => {
    const twice = control(
      move('create', 'first'),
      promoted,
      move('rollback', 'first'),
      move('promote', 'newer', { people: 'more' }),
      move('rollback', 'first'),
    );
    expect(rolledBackFrom(twice).map(({ checkpointId }) => checkpointId)).toEqual(['newer', 'new']);
  });
});

describe('the digest of what people judged', () => {
  const human = (expected: string) => ({
    judgement: {
      verdict: 'fail' as const,
      expected: labelOutput(expected),
      judge: { kind: 'human' as const, id: 'ana', reason: '' },
    },
  });
  const digest = (...records: Parameters<typeof peopleDigest>[0][number][]) => peopleDigest(records, classification);

  it('changes with their judgements alone, in any order', () => {
    const before = digest(sampleRecord('a', human('ham')), sampleRecord('b'));
    expect(digest(sampleRecord('c'), sampleRecord('b'), sampleRecord('a', human('ham')))).toBe(before);
    expect(digest(sampleRecord('a', human('spam')), sampleRecord('b'))).not.toBe(before);
    expect(digest(sampleRecord('a', human('ham')), sampleRecord('b', human('ham')))).not.toBe(before);
  });
});
