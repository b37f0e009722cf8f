import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { readLabel } from '../../../../shared/tasks/classification/read-label.ts';

const task = classificationTask(['billing', 'delivery', 'refund', 'Technical issue']);

test('a label is known however it is cased and spaced', () => {
  expect(readLabel(task, ' technical  ISSUE\u00a0')).toMatchObject({ kind: 'known', output: 'Technical issue' });
  expect(readLabel(task, 'billing ')).toEqual({ kind: 'known', output: 'billing', note: null });
});

test('where two labels differ only by case none is guessed', () => {
  const both = classificationTask(['Billing', 'billing', 'refund']);
  expect(readLabel(both, 'Billing')).toMatchObject({ kind: 'known', output: 'Billing' });
  expect(readLabel(both, 'BILLING')).toMatchObject({ kind: 'unknown' });
});

test.each([
  ['biling', 'billing'],
  ['refunds', 'refund'],
  ['technical_issue', 'Technical issue'],
  ['privacy', null],
])('the unknown %s is most like %s', (written, nearest) => {
  expect(readLabel(task, written)).toMatchObject({ kind: 'unknown', output: written, nearest });
});

test.each([
  [{ label: 'billing', why: 'an invoice' }, '.label'],
  ['{"intent": "REFUND"}', '.intent'],
  ['```json\n{"label": "refund"}\n```', '.label'],
  [['billing'], '[0]'],
  [['billing', 'refund'], '[0]'],
  [{ first: 'billing', second: 'refund' }, null],
  [{ text: 'nothing of the kind' }, null],
  ['I think this is about billing.', null],
  ['', null],
  [null, null],
])('%j holds no label by itself; the way to it is %j', (written, path) => {
  expect(readLabel(task, written)).toMatchObject({ kind: 'unusable', path });
});

test('a sentence that names two labels, or none, is an answer of its own', () => {
  expect(readLabel(task, 'billing or refund, hard to say')).toMatchObject({ kind: 'unknown' });
  expect(readLabel(task, 'I really do not know')).toMatchObject({ kind: 'unknown' });
});

test('any value is known, unknown or unusable, and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (written) => {
      for (const spec of [task, null]) {
        const reading = readLabel(spec, written);
        if (reading.kind === 'known' && spec !== null) expect(spec.labels).toContain(reading.output);
        if (reading.kind === 'unusable') expect([reading.reason, reading.mend]).not.toContain('');
      }
    }),
  );
});
