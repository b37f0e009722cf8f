import { expect, test } from 'vitest';
import { digest } from '../../../../shared/domain/base/ids.ts';
import type { Output } from '../../../../shared/domain/base/output.ts';
import type { TaskKind } from '../../../../shared/domain/base/task-kind.ts';
import type { JudgedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { triageRecords } from '../../../../shared/domain/triage/triage-records.ts';
import { entitiesOutput, madeUpEntities } from '../../../helpers/made-up-entities.ts';

const kind: TaskKind = { ...madeUpEntities, triage: ['flipped-label'] } as never;
const city = entitiesOutput({ type: 'city', start: 0, end: 4 });
const dish = entitiesOutput({ type: 'dish', start: 0, end: 4 });
const keys = [kind.key(city), kind.key(dish)];

/** Words that texts of one topic share with many others of it, and hardly two with the same one. */
function topicWord(topic: string, at: number, word: number): string {
  return `${topic}${Number.parseInt(digest(`${at} ${word}`).slice(0, 6), 16) % 40}`;
}

function record(at: number, given: Output, answer: Output): JudgedRecord {
  const judge = { kind: 'llm', id: 'judge', reason: '' } as const;
  return {
    traceId: `t-${at}`,
    groupId: 'group',
    folds: [0],
    use: 'evidence',
    timestamp: '2026-01-01T00:00:00Z',
    input: Array.from({ length: 6 }, (_, word) => topicWord(answer === city ? 'harbour' : 'kitchen', at, word)).join(
      ' ',
    ),
    slice: null,
    steps: null,
    recorded: answer,
    judgement: { verdict: given === answer ? 'pass' : 'fail', expected: given, judge },
    answer,
    confidence: 0.9,
    runnerUp: null,
    verdict: given === answer ? 'pass' : 'fail',
    expected: given,
    judgedBy: judge,
  };
}

test('a judgement that models speak against is suspect where outputs are objects, compared by their keys', () => {
  const records = [
    ...Array.from({ length: 200 }, (_, at) => record(at, at % 2 === 0 ? city : dish, at % 2 === 0 ? city : dish)),
    ...Array.from({ length: 6 }, (_, at) => record(900 + at, dish, city)),
  ];
  const outOfFold = new Map(
    records.map(({ traceId, answer }) => {
      const probabilities = answer === city ? [0.99, 0.01] : [0.01, 0.99];
      return [traceId, { labels: keys, probabilities }] as const;
    }),
  );
  const found = triageRecords({
    records,
    kind,
    labels: kind.knownFacets({ kind: 'made-up-entities', types: ['city', 'dish'] } as never),
    outOfFold: { first: outOfFold, second: outOfFold },
  });
  const suspects = [...found]
    .filter(([, { category }]) => category === 'suspect-judgement')
    .map(([traceId]) => traceId);
  expect(suspects.length).toBeGreaterThan(3);
  expect(suspects.every((traceId) => traceId.startsWith('t-90'))).toBe(true);
});
