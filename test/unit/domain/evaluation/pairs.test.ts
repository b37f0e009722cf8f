import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PairedRecord, pairUp } from '../../../../shared/domain/evaluation/pairs.ts';

type Kind = 'gained' | 'lost' | 'both' | 'neither';
const answers = {
  gained: { before: false, after: true },
  lost: { before: true, after: false },
  both: { before: true, after: true },
  neither: { before: false, after: false },
} as const;

const record = (exampleId: string, groupId: string, kind: Kind, facets = ['a']): PairedRecord => ({
  exampleId,
  groupId,
  ...answers[kind],
  facets: facets.map((facet) => ({ facet, ...answers[kind] })),
});
const storm = (count: number, groupId: string, kind: Kind, facets = ['a']): PairedRecord[] =>
  Array.from({ length: count }, (_, at) => record(`${groupId}-${kind}-${at}`, groupId, kind, facets));

const records = fc.uniqueArray(
  fc
    .tuple(
      fc.nat(40),
      fc.nat(6),
      fc.constantFrom<Kind>('gained', 'lost', 'both', 'neither'),
      fc.subarray(['a', 'b', 'c'], { minLength: 0 }),
    )
    .map(([example, group, kind, facets]) => record(`e${example}`, `g${group}`, kind, facets)),
  { selector: ({ exampleId }) => exampleId },
);

describe('pairUp', () => {
  it('counts a request that was sent eight times once, under its first id', () => {
    const all = [
      ...storm(8, 'line', 'lost'),
      ...storm(1, 'table', 'gained', ['b']),
      ...storm(2, 'jazz', 'both', ['b']),
    ];
    expect(pairUp(all)).toEqual({
      groups: 3,
      gained: ['table-gained-0'],
      lost: ['line-lost-0'],
      changes: [],
      facets: [
        { facet: 'a', records: 1, gained: 0, lost: 1 },
        { facet: 'b', records: 2, gained: 1, lost: 0 },
      ],
    });
  });

  it('takes a group for what most of its changed records are, whatever did not change', () => {
    const mostlyGained = [...storm(3, 'x', 'gained'), ...storm(2, 'x', 'lost'), ...storm(9, 'x', 'both')];
    expect(pairUp(mostlyGained)).toMatchObject({ groups: 1, gained: ['x-gained-0'], lost: [] });
    const mostlyLost = [...storm(1, 'x', 'gained'), ...storm(2, 'x', 'lost'), ...storm(9, 'x', 'neither')];
    expect(pairUp(mostlyLost)).toMatchObject({ groups: 1, gained: [], lost: ['x-lost-0'] });
  });

  it('takes a group with as many gained as lost for neither', () => {
    expect(pairUp([...storm(2, 'x', 'gained'), ...storm(2, 'x', 'lost')])).toEqual({
      groups: 1,
      gained: [],
      lost: [],
      changes: [],
      facets: [{ facet: 'a', records: 1, gained: 0, lost: 0 }],
    });
  });

  it('counts a facet by those records of a group that have it, each facet once', () => {
    const group = [
      record('e1', 'x', 'gained', ['b', 'a', 'a']),
      record('e2', 'x', 'both', ['b', 'c']),
      record('e3', 'y', 'both', []),
    ];
    expect(pairUp(group)).toMatchObject({
      groups: 2,
      facets: [
        { facet: 'a', records: 1, gained: 1, lost: 0 },
        { facet: 'b', records: 1, gained: 1, lost: 0 },
        { facet: 'c', records: 1, gained: 0, lost: 0 },
      ],
    });
  });

  it('lets no rare label be outvoted in a text that it shares with another', () => {
    const shared = [
      record('e1', 'x', 'gained', ['ok']),
      record('e2', 'x', 'gained', ['ok']),
      record('e3', 'x', 'lost', ['fraud']),
    ];
    expect(pairUp(shared)).toEqual({
      groups: 1,
      gained: ['e1'],
      lost: [],
      changes: [],
      facets: [
        { facet: 'fraud', records: 1, gained: 0, lost: 1 },
        { facet: 'ok', records: 1, gained: 1, lost: 0 },
      ],
    });
  });

  it('sorts the ids it names', () => {
    const all = [
      record('e2', 'x', 'gained'),
      record('e1', 'y', 'gained'),
      record('e4', 'z', 'lost'),
      record('e3', 'w', 'lost'),
    ];
    expect(pairUp(all)).toMatchObject({ gained: ['e1', 'e2'], lost: ['e3', 'e4'] });
  });

  it('knows nothing of nothing', () => {
    expect(pairUp([])).toEqual({ groups: 0, gained: [], lost: [], changes: [], facets: [] });
  });

  it('does not mind the order of the records, nor one that comes twice', () => {
    fc.assert(
      fc.property(
        records.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })),
        ),
        ([all, shuffled]) => {
          expect(pairUp(shuffled)).toEqual(pairUp(all));
        },
      ),
    );
  });

  it('gains and loses at most one id a group, and no facet changes more often than it has records', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { groups, gained, lost, facets } = pairUp(all);
        const groupOf = new Map(all.map(({ exampleId, groupId }) => [exampleId, groupId]));
        expect(groups).toBe(new Set(groupOf.values()).size);
        const changed = [...gained, ...lost];
        expect(new Set(changed.map((id) => groupOf.get(id))).size).toBe(changed.length);
        for (const { exampleId, before, after } of all) {
          if (gained.includes(exampleId)) expect({ before, after }).toEqual(answers.gained);
          if (lost.includes(exampleId)) expect({ before, after }).toEqual(answers.lost);
        }
        for (const facet of facets) {
          expect(facet.gained + facet.lost).toBeLessThanOrEqual(facet.records);
          expect(facet.records).toBeLessThanOrEqual(groups);
        }
      }),
    );
  });

  it('changes a group by the mean of what goes the way of most of it', () => {
    const partly = (exampleId: string, groupId: string, change: number): PairedRecord => ({
      ...record(exampleId, groupId, 'neither'),
      change,
    });
    const all = [
      partly('e1', 'x', 0.5),
      partly('e2', 'x', 0.3),
      partly('e3', 'x', -0.2),
      partly('e4', 'y', -0.25),
      partly('e5', 'z', 0.1 + 0.2),
      partly('e6', 'z', -0.3),
    ];
    const { groups, changes } = pairUp(all);
    expect(groups).toBe(3);
    expect(changes[0]).toBe(-0.25);
    expect(changes[1]).toBeCloseTo(0.4, 12);
    expect(changes).toHaveLength(2);
  });

  it('changes a group of whole answers by one, as it counts them', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { gained, lost, changes } = pairUp(
          all.map((one) => ({ ...one, change: Number(one.after) - Number(one.before) })),
        );
        expect(changes).toEqual([...lost.map(() => -1), ...gained.map(() => 1)]);
      }),
    );
  });

  it('counts a facet by itself, whatever else of the record is right', () => {
    const one: PairedRecord = {
      ...record('e1', 'x', 'neither'),
      facets: [
        { facet: 'city', before: false, after: true },
        { facet: 'person', before: true, after: false },
      ],
    };
    expect(pairUp([one]).facets).toEqual([
      { facet: 'city', records: 1, gained: 1, lost: 0 },
      { facet: 'person', records: 1, gained: 0, lost: 1 },
    ]);
  });
});
