import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossFitFolds } from '../../../../shared/domain/evaluation/cross-fit-folds.ts';
import type { Example, Provenance } from '../../../../shared/domain/models/example.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const record = (traceId: string, input: string) => ({ traceId, input });

function example(provenance: Provenance): Example {
  return {
    exampleId: JSON.stringify(provenance),
    input: 'x',
    output: labelOutput('a'),
    weight: 1,
    slice: 'gold',
    provenance,
  };
}

const ofTrace = (traceId: string): Provenance => ({ kind: 'trace', traceId, judge: null, clusterId: null, why: '' });
const ofParent: Provenance = { kind: 'parent', datasetId: 'd', exampleId: 'e' };

const words = fc.array(fc.constantFrom('red', 'green', 'blue', 'one', 'two', 'three', 'four'), { minLength: 1 });

describe('cross-fitting', () => {
  test('holds every trace out once, beside a dataset with nothing of it, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 60 }), (texts) => {
        const records = texts.map((text, at) => record(`t${at}`, text.join(' ')));
        const dataset = [
          example(ofParent),
          ...records.flatMap(({ traceId }) => [
            example(ofTrace(traceId)),
            example({ kind: 'synthesis', method: 'm', traceId, clusterId: 'c' }),
            example({ kind: 'probe', probeId: traceId, traceId, clusterId: 'c' }),
          ]),
        ];
        const folds = crossFitFolds(records, dataset);
        expect(folds.flatMap(({ held }) => held.map(({ traceId }) => traceId)).sort()).toEqual(
          records.map(({ traceId }) => traceId).sort(),
        );
        for (const { held, examples } of folds) {
          const own = new Set(held.map(({ traceId }) => traceId));
          expect(examples.some(({ provenance }) => 'traceId' in provenance && own.has(provenance.traceId))).toBe(false);
          expect(examples).toHaveLength(dataset.length - 3 * held.length);
        }
      }),
    );
  });

  test('keeps near-duplicates together', () => {
    const texts = [
      'where is my parcel now',
      'is my parcel now where',
      'block my card',
      'card my block',
      'refund me',
      'hello',
    ];
    const folds = crossFitFolds(
      texts.map((text, at) => record(`t${at}`, text)),
      [example(ofParent)],
    );
    const together = (a: string, b: string) =>
      folds.some(({ held }) => [a, b].every((id) => held.some(({ traceId }) => traceId === id)));
    expect([together('t0', 't1'), together('t2', 't3'), together('t0', 't2')]).toEqual([true, true, false]);
  });

  test('leaves a fold out that nothing could be trained on', () => {
    expect(crossFitFolds([record('t0', 'hello')], [example(ofTrace('t0'))])).toEqual([]);
  });
});
