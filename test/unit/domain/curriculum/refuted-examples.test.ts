import { describe, expect, test } from 'vitest';
import { withoutRefuted } from '../../../../shared/domain/curriculum/refuted-examples.ts';
import type { Example } from '../../../../shared/domain/models/example.ts';
import type { SnapshotRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { answerOf } from '../../../helpers/outputs.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const example = (input: string, output: string): Example => ({
  exampleId: `${input} ${output}`,
  input,
  output: labelOutput(output),
  weight: 1,
  slice: 'gold',
  provenance: { kind: 'file', line: 1 },
  folds: [],
});

/** What was recorded of "where is it", and what was judged of that. */
function record(
  recorded: string | null,
  verdict: 'pass' | 'fail',
  expected: string | null,
  kind: 'human' | 'llm' | 'rule' = 'human',
  input = 'where is it',
): SnapshotRecord {
  const judgement = { verdict, expected: answerOf(expected), judge: { kind, id: 'ana', reason: '' } };
  const answered = { recorded: answerOf(recorded), answer: labelOutput('card'), confidence: 0.9, runnerUp: null };
  return { ...sampleRecord('t1'), input, judgement, ...answered };
}

const trained = [example('Where is  it', 'card'), example('hello', 'card')];
const kept = (records: readonly SnapshotRecord[]) =>
  withoutRefuted(trained, records, classification).map(({ input }) => input);
const both = ['Where is  it', 'hello'];

describe('an example that was trained', () => {
  test.each([
    ['another output is right', record('delivery', 'pass', 'delivery')],
    ['another output is right in place of its own', record('card', 'fail', 'delivery')],
    ['its output is wrong, whatever is right', record('card', 'fail', null)],
    ['another output passed', record('delivery', 'pass', null)],
  ])('goes when a person says that %s', (_, word) => {
    expect(kept([word])).toEqual(['hello']);
    expect(kept([record('card', 'pass', 'card'), word])).toEqual(['hello']);
  });

  test.each([
    ['a person agrees', record('card', 'pass', null)],
    ['a person corrects another answer to it', record('delivery', 'fail', 'card')],
    ['a person only calls another answer wrong', record('delivery', 'fail', null)],
    ['a person judges that there was no answer', record(null, 'fail', null)],
    ['it is a model that says otherwise', record('card', 'fail', 'delivery', 'llm')],
    ['it is a rule that says otherwise', record('card', 'fail', 'delivery', 'rule')],
    ['a person speaks of another input', record('card', 'fail', 'delivery', 'human', 'where was it')],
    ['nobody has judged', { ...record('card', 'fail', 'delivery'), judgement: null }],
  ])('stays when %s', (_, word) => {
    expect(kept([word])).toEqual(both);
  });
});
