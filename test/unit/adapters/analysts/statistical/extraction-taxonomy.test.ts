import { describe, expect, it } from 'vitest';
import { createStatisticalAnalyst } from '../../../../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import type { Taxonomy } from '../../../../../shared/domain/diagnosis/taxonomy.ts';
import type { UsableRecord } from '../../../../../shared/domain/traces/trace-record.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../../../shared/tasks/extraction/entity.ts';
import { extractionSpecFrom } from '../../../../../shared/tasks/extraction/extraction-spec.ts';
import { taskKinds } from '../../../../../shared/tasks/task-kinds.ts';
import { analyze, probesBy, taxonomyBy } from '../../../../helpers/analysis.ts';
import { planted, stream } from './planted.ts';

const analyst = createStatisticalAnalyst({ tasks: taskKinds });
const task = extractionSpecFrom({ labels: ['city', 'dish', 'order'], outputs: [] });
const cities = ['Rome', 'Oslo', 'Lima', 'Quito', 'Dakar', 'Hanoi'];
const dishes = ['soup', 'bread', 'salad', 'rice'];
const fillers = ['please', 'today', 'again', 'quickly', 'my friend', 'now', 'as ever', 'by noon'];

function entity(text: string, word: string, label: string): Entity {
  const start = text.indexOf(word);
  return { label, start, end: start + word.length };
}

let made = 0;
/** A record whose champion answers `answer` where `expected` is right. */
function record(input: string, expected: readonly Entity[], answer: readonly Entity[]): UsableRecord {
  made += 1;
  const base = planted(input, 'pay_bill', 'transfer');
  const right = JSON.stringify(expected) === JSON.stringify(answer);
  return {
    ...base,
    traceId: `t-${String(made).padStart(4, '0')}`,
    expected: entitiesOutput(expected),
    answer: entitiesOutput(answer),
    verdict: right ? 'pass' : 'fail',
  };
}

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
const times = (count: number, make: (at: number) => UsableRecord): UsableRecord[] =>
  Array.from({ length: count }, (_, at) => make(at));

function traffic(): UsableRecord[] {
  return [
    ...times(60, (at) => {
      const text = `${pick(fillers, at)} bring ${pick(dishes, at)} to ${pick(cities, at)} number ${at}`;
      const right = [entity(text, pick(dishes, at), 'dish'), entity(text, pick(cities, at), 'city')];
      return record(text, right, right);
    }),
    // Missed in one context.
    ...times(20, (at) => {
      const text = `parcel ${at} bound for ${pick(cities, at)} ${pick(fillers, at)}`;
      return record(text, [entity(text, pick(cities, at), 'city')], []);
    }),
    // Found where there is none.
    ...times(50, (at) => {
      const text = `thank you for the may offer ${pick(fillers, at)} ${at}`;
      return record(text, [], [entity(text, 'may', 'order')]);
    }),
    // The wrong type.
    ...times(15, (at) => {
      const text = `a plate of Turkey ${pick(fillers, at)} for table ${at}`;
      return record(text, [entity(text, 'Turkey', 'dish')], [entity(text, 'Turkey', 'city')]);
    }),
    // The wrong boundary.
    ...times(15, (at) => {
      const text = `order ab-${at}77 arrived ${pick(fillers, at)}`;
      const word = `ab-${at}77`;
      const { start, end } = entity(text, word, 'order');
      return record(text, [{ label: 'order', start, end }], [{ label: 'order', start: start + 3, end }]);
    }),
  ];
}

async function taxonomyOf(records: readonly UsableRecord[]): Promise<Taxonomy> {
  const analyses = [await analyze(analyst, { shardId: 's0', task, records })];
  return taxonomyBy(analyst, { task, analyses, smallestCluster: 5, maxClusters: 40 });
}

describe('the taxonomy of an extraction', () => {
  it('names clusters by what is wrong, the type, the text and its context', async () => {
    const { clusters } = await taxonomyOf(traffic());
    const sizes = new Map<string, number>();
    for (const { cause, title, size } of clusters) {
      const name = `${cause}, ${title.split(':')[0]}`;
      sizes.set(name, (sizes.get(name) ?? 0) + size);
    }
    expect(Object.fromEntries(sizes)).toEqual({
      'missed-entity, "city" missed': 20,
      'spurious-entity, "order" where there is none': 50,
      'wrong-type, "dish" answered as "city"': 15,
      'wrong-boundary, "order" too short': 15,
    });
    const keywords = (cause: string) =>
      clusters.filter((cluster) => cluster.cause === cause).flatMap((cluster) => cluster.keywords);
    expect(keywords('missed-entity')).toContain('parcel');
    expect(keywords('wrong-type')).toContain('turkey');
    const evidence = (cause: string) =>
      clusters.flatMap((cluster) => (cluster.cause === cause ? cluster.evidence : [])).join(' ');
    expect(evidence('spurious-entity')).toMatch(/"order" was answered most often on "may" \(\d+\)\./);
    expect(evidence('missed-entity')).toMatch(/"city" should have been answered most often on "[a-z]+" \(\d+\)/);
  });

  it('tells boundaries apart by type: too long, too short, split and merged', async () => {
    const boundaries: [Entity[], Entity[]][] = [
      [[{ label: 'city', start: 10, end: 14 }], [{ label: 'city', start: 10, end: 18 }]],
      [[{ label: 'dish', start: 10, end: 18 }], [{ label: 'dish', start: 10, end: 14 }]],
      [
        [{ label: 'order', start: 10, end: 18 }],
        [
          { label: 'order', start: 10, end: 14 },
          { label: 'order', start: 15, end: 18 },
        ],
      ],
      [
        [
          { label: 'city', start: 10, end: 14 },
          { label: 'city', start: 15, end: 18 },
        ],
        [{ label: 'city', start: 10, end: 18 }],
      ],
    ];
    const openings = ['we went by', 'they ate a', 'number was', 'trips from'];
    // As many of each are right, so that nothing but the boundary tells why the others fail.
    const records = boundaries.flatMap(([right, answered], at) =>
      times(24, (number) => {
        const text = `${openings[at]?.padEnd(10)}abcd efg ${pick(fillers, number >> 1)} ${number}`;
        return record(text, right, number % 2 === 0 ? answered : right);
      }),
    );
    const { clusters } = await taxonomyOf(records);
    const found = clusters.map(({ cause, title, size }) => [cause, title.split(':')[0], size]);
    expect(found.toSorted()).toEqual([
      ['wrong-boundary', '"city" too long', 12],
      ['wrong-boundary', '"dish" too short', 12],
      ['wrong-boundary', '"order" split in parts', 12],
      ['wrong-boundary', 'several "city" taken for one', 12],
    ]);
  });

  it('counts what is too much and what is lacking', async () => {
    // 20 missed; 50 spurious; type and boundary count on both sides.
    expect((await taxonomyOf(traffic())).excess).toEqual({ spurious: 50 + 15 + 15, missed: 20 + 15 + 15 });
  });

  it('speaks of entity types, not of labels', async () => {
    const { clusters } = await taxonomyOf(traffic());
    expect(clusters.flatMap(({ title, evidence }) => [title, ...evidence]).join('\n')).not.toMatch(/\blabels?\b/);
    expect(clusters.flatMap(({ evidence }) => evidence).join(' ')).toContain('all entity types together fail');
  });

  it('is probed by texts whose entities stand where they are said to', async () => {
    const records = traffic();
    const { clusters } = await taxonomyOf(records);
    const material = traffic();
    for (const cluster of clusters) {
      const members = records.filter(({ traceId }) => cluster.traceIds.includes(traceId));
      const request = { task, cluster, members, passes: [], material, count: 12, random: stream('probes') };
      const probes = await probesBy(analyst, request);
      for (const { input, expected } of probes) {
        for (const { label, start, end } of entitiesOf(expected)) {
          const known = { city: cities, dish: [...dishes, 'Turkey'], order: null }[label] ?? null;
          if (known === null) expect(input.slice(start, end)).toMatch(/^ab-\d+77$/);
          else expect(known).toContain(input.slice(start, end));
        }
      }
    }
  });
});
