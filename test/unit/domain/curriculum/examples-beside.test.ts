import { describe, expect, it } from 'vitest';
import { examplesBeside } from '../../../../shared/domain/curriculum/examples-beside.ts';
import type { Example, Provenance } from '../../../../shared/domain/models/example.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const file: Provenance = { kind: 'file', line: 1 };
const inherited: Provenance = { kind: 'parent', datasetId: 'd', exampleId: 'e' };
const trace: Provenance = { kind: 'trace', traceId: 't', judge: 'llm', clusterId: null, why: 'judged right' };
const probe: Provenance = { kind: 'probe', probeId: 'p', traceId: 't', clusterId: 'c' };
const synthesis: Provenance = { kind: 'synthesis', method: 'typo', traceId: 't', clusterId: 'c' };

function example(input: string, provenance: Provenance, folds: readonly number[] = []): Example {
  return { exampleId: input, input, output: labelOutput('card'), weight: 1, slice: 'gold', provenance, folds };
}
const teaching = (input: string) => ({ input, teaches: true });
const silent = (input: string) => ({ input, teaches: false });
const beside = (records: Parameters<typeof examplesBeside>[0], ...parent: Example[]) =>
  examplesBeside(records, parent).map(({ input }) => input);

describe('examples that train beside the traces of a run', () => {
  it('are the first examples, and traces that the snapshot no longer reaches, with their folds', () => {
    const parent = [example('first', file), example('handed on', inherited), example('old trace', trace, [3])];
    expect(examplesBeside([teaching('another text')], parent)).toEqual(parent);
  });

  it('are none whose input a trace of the run teaches, however it is spelt, but for first examples', () => {
    expect(beside([teaching('OLD  one')], example('old one', inherited), example('other', file))).toEqual(['other']);
    expect(beside([teaching('first')], example('first', file))).toEqual(['first']);
    expect(beside([teaching('old trace')], example('old trace', trace, [3]))).toEqual([]);
  });

  it('are no traces that teach nothing any more, such as one whose judgement has become suspect', () => {
    expect(beside([silent('old trace')], example('old trace', trace, [3]))).toEqual([]);
    expect(beside([silent('handed on')], example('handed on', inherited, [3]))).toEqual([]);
    // It trained everywhere, as what is near a first example does, and is a trace all the same.
    expect(beside([silent('near the first')], example('near the first', trace))).toEqual([]);
  });

  it('are first examples still when a trace of the same input teaches nothing', () => {
    expect(beside([silent('first')], example('first', file))).toEqual(['first']);
    expect(beside([silent('first')], example('first', inherited))).toEqual(['first']);
    expect(beside([silent('first'), teaching('first')], example('first', inherited))).toEqual([]);
    expect(beside([teaching('first'), silent('first')], example('first', inherited))).toEqual([]);
  });

  it('are neither probes nor variants, which were made for an earlier curriculum', () => {
    expect(beside([], example('a probe', probe, [1]), example('a variant', synthesis, [1]))).toEqual([]);
  });
});
