import { expect, test } from 'vitest';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import { redactLine } from '../../../../shared/intake/redact/redact-line.ts';
import { detectorsOf } from '../../../../shared/intake/redact/redactor.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleTrace } from '../../../helpers/trace-samples.ts';

const detectors = detectorsOf({ redact: ['email'], redactPatterns: [] });
const task = classificationTask(['a@b.org', 'other']);
const place = { kind: classification, task };

function lineOf(input: string) {
  return {
    traceId: 't1',
    saidOf: null,
    trace: sampleTrace({
      input,
      output: labelOutput('a@b.org'),
      steps: [{ type: 'tool_call', name: 'mail', input: { to: 'jane@b.org' }, output: ['x', 'joe@b.org'] }],
      metadata: { user: 'joe@b.org', count: 3 },
    }),
    judgements: [
      {
        verdict: 'pass',
        expected: labelOutput('a@b.org'),
        judge: { kind: 'human', id: 'ana', reason: 'asked jane@b.org' },
        at: null,
      },
    ],
  } as const;
}

test('takes what is found out of texts, steps, metadata and reasons, with one number a value; labels stay', () => {
  const redacted = redactLine(lineOf('I am jane@b.org'), detectors, place);
  expect(redacted).toMatchObject({
    ok: true,
    value: {
      trace: {
        input: 'I am «EMAIL-1»',
        output: 'a@b.org',
        steps: [{ name: 'mail', input: { to: '«EMAIL-1»' }, output: ['x', '«EMAIL-2»'] }],
        metadata: { user: '«EMAIL-2»', count: 3 },
      },
      judgements: [{ expected: 'a@b.org', judge: { id: 'ana', reason: 'asked «EMAIL-1»' } }],
    },
  });
});

test('takes it out of outputs that are no labels', () => {
  const generation = { ...classification, facets: () => [], knownFacets: () => [] };
  const line = { ...lineOf('hi'), trace: sampleTrace({ output: asOutput({ said: 'ask jane@b.org' }) }) };
  expect(redactLine(line, detectors, { ...place, kind: generation })).toMatchObject({
    value: { trace: { output: { said: 'ask «EMAIL-1»' } }, judgements: [{ expected: '«EMAIL-2»' }] },
  });
});

test('refuses a line whose outputs name places in a text that would change, and no other', () => {
  const anchored = { ...place, kind: { ...classification, anchored: true } };
  expect(redactLine(lineOf('I am jane@b.org'), detectors, anchored)).toMatchObject({
    ok: false,
    problem: { reason: expect.stringContaining('name places in the text') },
  });
  expect(redactLine(lineOf('I am Jane'), detectors, anchored).ok).toBe(true);
});

test('changes nothing without detectors', () => {
  const line = lineOf('I am jane@b.org');
  expect(redactLine(line, [], place)).toEqual({ ok: true, value: line });
});
