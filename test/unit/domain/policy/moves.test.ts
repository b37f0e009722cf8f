import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMove, firstRework, moves, moveTable } from '../../../../shared/domain/policy/moves.ts';
import { moveSchema } from '../../../../shared/domain/policy/policy.ts';

const configuration = (epochs: number) => ({ epochs });
const neighbours = (count: number) => Array.from({ length: count }, (_, index) => configuration(index + 1));

describe('moves', () => {
  it('are those of the table, in order, for data and augmentation', () => {
    expect(moves('rework-data').map((move) => move.name)).toEqual([
      'more-hard-negatives',
      'more-boundary-gold',
      'all-judged-right',
    ]);
    expect(moves('augment').map((move) => move.name)).toEqual(['two-a-pattern', 'three-a-pattern']);
  });

  it('begin with the first that is open, and leave hard negatives alone where they are switched off', () => {
    for (const hardNegativesPerFailure of [0, 8]) {
      const open = moves('rework-data', undefined, { hardNegativesPerFailure }).map((move) => move.name);
      expect(firstRework({ hardNegativesPerFailure })).toBe(open[0]);
      expect(open.includes('more-hard-negatives')).toBe(hardNegativesPerFailure > 0);
      expect(open).toContain('all-judged-right');
    }
  });

  it('tune with every fresh neighbour once, two or three at a time, under names of their own', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.array(fc.integer({ min: 1, max: 12 })), (count, triedEpochs) => {
        const tried = triedEpochs.map(configuration);
        const fresh = neighbours(count).filter((neighbour) => !triedEpochs.includes(neighbour.epochs));
        const twice = [...neighbours(count), ...neighbours(count)];
        const made = moves('tune', { neighbours: twice, tried, atOnce: 2 });
        expect(made.flatMap((move) => move.configurations ?? [])).toEqual(fresh.length < 2 ? [] : fresh);
        expect(made.every((move) => move.configurations?.length === 2 || move.configurations?.length === 3)).toBe(true);
        expect(new Set(made.map((move) => move.name)).size).toBe(made.length);
      }),
    );
  });

  it('tune with one fresh neighbour at a time where a training is dear, down to the last', () => {
    const made = moves('tune', { neighbours: neighbours(4), tried: [configuration(2)], atOnce: 1 });
    expect(made.map((move) => move.configurations)).toEqual([[1], [3], [4]].map((each) => each.map(configuration)));
    expect(new Set(made.map((move) => move.name)).size).toBe(3);
  });

  it('fit the schema and are described', () => {
    for (const kind of ['rework-data', 'tune', 'augment'] as const) {
      for (const move of moves(kind, { neighbours: neighbours(4), tried: [], atOnce: 2 })) {
        expect(moveSchema.parse(move)).toEqual(move);
        expect(Object.values(moveTable).map((known): string => known.changes)).toContain(describeMove(move));
      }
    }
    expect(describeMove({ kind: 'augment', name: 'unheard-of' })).toBe('unheard-of');
  });
});
