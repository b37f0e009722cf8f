import fc from 'fast-check';
import { expect, test } from 'vitest';
import { standingJudgements } from '../../../../shared/domain/traces/retractions.ts';
import { countVerdicts } from '../../../../shared/domain/traces/verdict-counts.ts';
import { sampleJudgement } from '../../../helpers/trace-samples.ts';

const one = sampleJudgement({ judgementId: 'j1' });
const two = sampleJudgement({ judgementId: 'j2' });
const back = sampleJudgement({ judgementId: 'r1', verdict: null, retracts: 'j1' });

test('what was taken back is left out, and so is what takes it back, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([one, two, back, { ...back, judgementId: 'r2' }], { minLength: 4 }), (all) => {
      expect(standingJudgements(all)).toEqual([two]);
    }),
  );
});

test('only a judgement of the same trace is taken back', () => {
  const other = sampleJudgement({ judgementId: 'j1', traceId: 't2' });
  expect(standingJudgements([one, other, back])).toEqual([other]);
});

test('a batch of what takes judgements back judges nothing', () => {
  expect(countVerdicts([back])).toEqual({ judged: 0, failed: 0 });
  expect(countVerdicts([one, two])).toEqual({ judged: 1, failed: 1 });
});
