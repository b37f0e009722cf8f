import { describe, expect, test } from 'vitest';
import { ingestLines } from '../../../cli/ingest-lines.ts';
import { nothingIngested } from '../../../shared/intake/ingest-result.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

describe('ingestLines', () => {
  test('names commands for held judgements that do what they say when they are pasted', () => {
    const unknownOutputs = [
      { output: 'pri\u0007vacy', judgements: 5, nearest: null },
      { output: "it's late", judgements: 2, nearest: 'is late' },
    ];
    expect(ingestLines('mail', { ...nothingIngested, held: 7, unknownOutputs }, [], false).slice(1)).toEqual([
      '7 judgements held, as they name what the model does not know: "pri\\u0007vacy" (5), "it\'s late" (2, perhaps "is late").',
      "They count once it does: ratchet labels mail add $'pri\\x07vacy' for a new one, ratchet labels mail merge 'it'\\''s late' --into 'is late' for another spelling of a known one, ratchet labels mail rename OLD NEW where a known one has a new name.",
    ]);
  });

  test('shows where each field of a trace went, a line each, and nothing that harms a terminal', () => {
    const trace = sampleTrace({
      input: 'win\u001b[2J\nnow',
      output: labelOutput('ham'),
      confidence: 0.61,
      steps: [],
      metadata: { user: 'u1', tags: ['a', 1] },
    });
    const judgement = sampleJudgement({
      verdict: 'fail',
      expected: labelOutput('spam'),
      judge: { kind: 'human', id: 'ana', reason: 'an advert' },
    });
    const samples = [{ trace, judgements: [judgement] }];
    expect(ingestLines('mail', { ...nothingIngested, ingested: 1, samples }, [], true).slice(1)).toEqual([
      '',
      `Trace ${trace.traceId} of ${trace.timestamp}`,
      '  input          win\\u001b[2J\\u000anow',
      '  output         ham',
      '  confidence     0.61',
      `  judged         fail, right is spam, by human ana at ${judgement.judgedAt}: an advert`,
      '  metadata.user  u1',
      '  metadata.tags  ["a",1]',
    ]);
  });
});
