import { describe, expect, test } from 'vitest';
import { assembleDataset } from '../../../shared/domain/curriculum/assemble-dataset.ts';
import { collapseDuplicates } from '../../../shared/domain/curriculum/collapse-duplicates.ts';
import { planFor } from '../../../shared/domain/curriculum/curriculum-plan.ts';
import type { ExampleCandidate } from '../../../shared/domain/curriculum/example-candidate.ts';
import { withoutRefuted } from '../../../shared/domain/curriculum/refuted-examples.ts';
import { selectBoundary } from '../../../shared/domain/curriculum/select-boundary.ts';
import { restCluster, selectForCluster } from '../../../shared/domain/curriculum/select-for-cluster.ts';
import { confusionCounts } from '../../../shared/domain/diagnosis/confusion.ts';
import { pool } from '../../../shared/domain/evaluation/frozen-records.ts';
import { judgeRecord } from '../../../shared/domain/traces/judging.ts';
import type { UsableRecord } from '../../../shared/domain/traces/trace-record.ts';
import { entitiesOutput, madeUpEntities, type Span } from '../../helpers/made-up-entities.ts';
import { record } from './curriculum/records.ts';

const task = { kind: 'made-up-entities', types: ['city', 'dish'] } as const;
const city: Span = { type: 'city', start: 0, end: 5 };
const dish: Span = { type: 'dish', start: 6, end: 10 };
/** The same entities, made anew in either order. */
const both = () => entitiesOutput({ ...city }, { ...dish });
const bothAgain = () => entitiesOutput({ ...dish }, { ...city });

function candidate(number: number): ExampleCandidate {
  return {
    input: `paris soup alpha${number} beta${number * 7} gamma${number * 13}`,
    output: both(),
    origin: 'failure',
    provenance: { kind: 'trace', traceId: `t${number}`, judge: 'human', clusterId: 'c1', why: 'corrected failure' },
    judge: 'human',
    timestamp: '2026-01-01T00:00:00Z',
    rank: number,
    margin: 0,
  };
}

function entityRecord(traceId: string, spans: readonly Span[], answered: readonly Span[] | null): UsableRecord {
  const text = `paris soup ${traceId} one two three`;
  const right = answered !== null && answered.length === spans.length;
  return {
    ...record(traceId, text, 'unused'),
    expected: entitiesOutput(...spans),
    answer: answered === null ? null : entitiesOutput(...answered),
    verdict: right ? 'pass' : 'fail',
  };
}

describe('outputs that are objects', () => {
  test('all become examples: fifty gold candidates give fifty', () => {
    const { examples, manifest } = assembleDataset({
      mode: 'complement',
      gold: Array.from({ length: 50 }, (_, at) => candidate(at)),
      hardNegatives: [],
      boundary: [],
      parent: null,
      task,
      kind: madeUpEntities,
      causes: new Map(),
      placed: [],
      boundaryLeftOut: 0,
      plan: planFor('first'),
    });
    expect(examples).toHaveLength(50);
    expect(new Set(examples.map(({ exampleId }) => exampleId)).size).toBe(50);
    expect(manifest).toMatchObject({ labels: 2, leftOut: {} });
  });

  test('do not conflict where two claims say the same, in whatever order', () => {
    const claim = (key: string, output: ReturnType<typeof both>) => ({
      ...{ input: 'paris soup', judge: null, timestamp: null, preference: 0 },
      ...{ key, output },
    });
    const collapsed = collapseDuplicates([claim('1', both()), claim('2', bothAgain())], madeUpEntities);
    expect(collapsed).toMatchObject({ kept: [{ key: '1' }], duplicates: 1, conflicting: 0 });
    const apart = collapseDuplicates([claim('1', both()), claim('2', entitiesOutput(city))], madeUpEntities);
    expect(apart).toMatchObject({ kept: [], conflicting: 2 });
  });

  test('make one confusion of three equal ones', () => {
    const failure = () => ({ expected: both(), answer: entitiesOutput({ ...city }) });
    expect(confusionCounts([failure(), failure(), failure()], madeUpEntities)).toEqual([
      { key: '[["dish"],[]]', title: 'dish missed, nothing spurious', facets: ['dish'], count: 3 },
    ]);
  });

  test('are judged and refuted by what they say', () => {
    const judge = { kind: 'human' as const, id: 'ana', reason: '' };
    const judgement = { verdict: 'fail' as const, expected: bothAgain(), judge };
    const snapshot = { ...record('t1', 'paris soup', 'unused'), recorded: null, answer: both(), judgement };
    expect(judgeRecord(snapshot, madeUpEntities)).toMatchObject({ verdict: 'pass' });
    const undecided = { ...madeUpEntities, same: () => 'undecided' as const };
    expect(judgeRecord(snapshot, undecided)).toMatchObject({ verdict: 'unknown', expected: bothAgain() });

    const example = { exampleId: 'e1', input: 'paris soup', weight: 1, slice: 'gold', folds: [] } as const;
    const trained = { ...example, provenance: { kind: 'file', line: 1 } as const, output: both() };
    expect(withoutRefuted([trained], [snapshot], madeUpEntities)).toEqual([trained]);
    expect(withoutRefuted([{ ...trained, output: entitiesOutput(city) }], [snapshot], madeUpEntities)).toEqual([]);
  });

  test('are on record as right once for every way to say the same', () => {
    const item = (expected: ReturnType<typeof both>, right: boolean) => {
      return { exampleId: 't1', input: 'paris soup', expected, right };
    };
    expect(pool([[item(both(), true)], [item(bothAgain(), false)]], madeUpEntities)).toEqual([item(bothAgain(), true)]);
    const other = item(entitiesOutput(city), false);
    expect(pool([[item(both(), true)], [other]], madeUpEntities)).toEqual([other]);
  });

  test('are floored by their facets', () => {
    const passes = [
      ...Array.from({ length: 40 }, (_, at) => entityRecord(`a${at}`, [city], [city])),
      ...Array.from({ length: 4 }, (_, at) => entityRecord(`b${at}`, [city, dish], [city, dish])),
    ];
    const plan = { ...planFor('first'), maxBoundary: 10, floorPerLabel: 4 };
    const { gold } = selectBoundary({ passes, failuresByFacet: new Map([['dish', 1]]), plan, kind: madeUpEntities });
    expect(gold.filter(({ output }) => madeUpEntities.facets(output).includes('dish'))).toHaveLength(4);
  });

  test('are set against passes with what the answer has too many, or any where nothing is of a wrong sort', () => {
    const passes = [entityRecord('p1', [city], [city]), entityRecord('p2', [dish], [dish])];
    const select = (failure: UsableRecord) =>
      selectForCluster({
        cluster: restCluster,
        weakness: null,
        members: [failure],
        passes,
        failingProbes: [],
        parent: [],
        plan: planFor('first'),
        kind: madeUpEntities,
      });
    const tracesOf = (failure: UsableRecord) =>
      select(failure)
        .hardNegatives.map(({ provenance }) => 'traceId' in provenance && provenance.traceId)
        .sort();
    expect(tracesOf(entityRecord('f1', [city], [city, dish]))).toEqual(['p2']);
    expect(tracesOf(entityRecord('f2', [city], null))).toEqual(['p2']);
    expect(tracesOf(entityRecord('f3', [city, dish], [city]))).toEqual(['p1', 'p2']);
    expect(select(entityRecord('f3', [city, dish], [city])).gold[0]?.provenance).toMatchObject({
      why: 'corrected failure: answered city 0 5',
    });
  });
});
