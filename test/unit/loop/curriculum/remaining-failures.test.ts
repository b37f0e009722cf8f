import { expect, test } from 'vitest';
import type { UsableRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { remainingFailures } from '../../../../shared/loop/curriculum/remaining-failures.ts';
import type { History, IterationRef } from '../../../../shared/loop/state/iteration.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { gated } from '../../../helpers/gated-candidate.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const record = (traceId: string, expected: string, answer: string) =>
  sampleRecord(traceId, {
    expected: labelOutput(expected),
    answer: labelOutput(answer),
    verdict: expected === answer ? 'pass' : 'fail',
  }) as UsableRecord;
const training = [
  record('f1', 'a', 'b'),
  record('f2', 'a', 'c'),
  record('f3', 'b', 'a'),
  record('f4', 'c', 'a'),
  record('p1', 'a', 'a'),
];
const augment: IterationRef = { number: 3, kind: 'augment', move: 'augment', historyKey: 'history.json' };
const { settings } = sampleModel();

/** Right output and answer that a candidate still confuses, by its id. */
type Patterns = Readonly<Record<string, readonly [string, string]>>;

/** Which failures are left to an iteration that builds on one of two, each with its candidate. */
async function remaining(step: IterationRef, basis: string, patterns: Patterns) {
  const ports = memoryPorts();
  const iterations: History['iterations'] = [];
  for (const [at, id] of ['i1-c1', 'i2-c1'].entries()) {
    const [expected, answer] = patterns[id] ?? [];
    const { key, title, facets } = classification.pattern(labelOutput(expected ?? ''), labelOutput(answer ?? ''));
    const other = gated('other', { gained: 0, lost: 0, score: 0.9 }, settings);
    const one = {
      ...gated(id, { gained: 0, lost: 0, score: 0.9 }, settings),
      remaining: expected === undefined ? [] : [{ key, title, facets: [...facets], count: 2 }],
    };
    await writeJson(ports.objects, `gate-${at}.json`, { candidates: [other, one] });
    const { candidate: best, score } = one;
    const head = { iteration: at + 1, kind: 'tune', move: 'm', rolledBack: false, decision: '' } as const;
    iterations.push({ ...head, best, score, gateKey: `gate-${at}.json` });
  }
  const history: History = {
    iterations,
    basis: {
      candidate: { candidateId: basis, checkpointId: basis, key: `${basis}.json` },
      score: 0.9,
      dataset: { datasetId: 'd', key: 'd.jsonl', mode: 'extend' },
      configuration: {},
    },
    tried: [],
    next: null,
    ended: null,
  };
  await writeJson(ports.objects, 'history.json', history);
  const found = await remainingFailures(step, training, classification, ports);
  return found.remaining === undefined ? undefined : [...found.remaining].sort();
}

test('an augmenting iteration is about the failures of patterns that the candidate it builds on still shows', async () => {
  const patterns: Patterns = { 'i1-c1': ['b', 'a'], 'i2-c1': ['a', 'b'] };
  expect(await remaining(augment, 'i2-c1', patterns)).toEqual(['f1']);
  expect(await remaining(augment, 'i1-c1', patterns)).toEqual(['f3']);
});

test('where no failure shows such a pattern, it is about those that miss a facet of it', async () => {
  expect(await remaining(augment, 'i2-c1', { 'i2-c1': ['a', 'd'] })).toEqual(['f1', 'f2']);
  expect(await remaining(augment, 'i2-c1', { 'i2-c1': ['d', 'a'] })).toEqual([]);
  expect(await remaining(augment, 'i2-c1', {})).toEqual([]);
});

test('other iterations, and one that builds on the champion, are about all failures', async () => {
  const patterns: Patterns = { 'i2-c1': ['a', 'b'] };
  expect(await remaining({ ...augment, kind: 'rework-data' }, 'i2-c1', patterns)).toBeUndefined();
  expect(await remaining({ ...augment, historyKey: null }, 'i2-c1', patterns)).toBeUndefined();
  expect(await remaining(augment, 'unknown', patterns)).toBeUndefined();
});
