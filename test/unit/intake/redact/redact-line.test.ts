import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import { redactLine } from '../../../../shared/intake/redact/redact-line.ts';
import { detectorsOf } from '../../../../shared/intake/redact/redactor.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';
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

const entityTask = extractionSpecFrom({ labels: ['city', 'contact'], outputs: [] });
const entities = { kind: extraction, task: entityTask };

/** A line of a text with entities at the given pieces of it, answered and judged alike. */
function entityLine(input: string, found: readonly Entity[]) {
  const output = entitiesOutput(found);
  const judge = { kind: 'human', id: 'ana', reason: '' } as const;
  const judgements = [{ verdict: 'pass', expected: output, judge, at: null } as const];
  return { traceId: 't1', saidOf: null, trace: sampleTrace({ input, output }), judgements };
}

function entityAt(input: string, label: string, text: string): Entity {
  const start = input.indexOf(text);
  return { label, start, end: start + text.length, text };
}

test.each([
  ['after what is replaced', 'city', 'Paris', 'Paris'],
  ['that is what is replaced', 'contact', 'jane@b.org', '«EMAIL-1»'],
  ['within what is replaced', 'contact', 'b.org', '«EMAIL-1»'],
  ['around what is replaced', 'contact', 'Jane <jane@b.org>', 'Jane <«EMAIL-1»>'],
  ['before what is replaced', 'contact', 'I am', 'I am'],
])('moves an entity %s', (_, label, text, stands) => {
  const input = 'I am Jane <jane@b.org> of Paris';
  const redacted = redactLine(entityLine(input, [entityAt(input, label, text)]), detectors, entities);
  const now = 'I am Jane <«EMAIL-1»> of Paris';
  const expected = [entityAt(now, label, stands)];
  expect(redacted).toMatchObject({
    ok: true,
    value: { trace: { input: now, output: expected }, judgements: [{ expected }] },
  });
});

test.each([
  ['begins within what is replaced', ['b.org> of']],
  ['ends within what is replaced', ['Jane <jane']],
  ['meets another in what is replaced', ['jane', 'b.org']],
])('refuses a line of which an entity %s', (_, texts) => {
  const input = 'I am Jane <jane@b.org> of Paris';
  const found = texts.map((text) => entityAt(input, 'contact', text));
  expect(redactLine(entityLine(input, found), detectors, entities)).toMatchObject({ ok: false });
});

test('every entity stands at its place after redaction, and no other is there', () => {
  const words = fc.array(fc.constantFrom('Paris', '😀', 'a@b.org', 'joe@long-name.example.com', 'to', '…'), {
    maxLength: 12,
  });
  const marks = fc.array(fc.record({ first: fc.nat(11), count: fc.integer({ min: 1, max: 3 }), said: fc.boolean() }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(words, marks, (texts, chosen) => {
      const input = texts.join(' ');
      const begins = texts.map((_, at) => texts.slice(0, at).join(' ').length + (at === 0 ? 0 : 1));
      const found = chosen.flatMap(({ first, count, said }): Entity[] => {
        const start = begins[first];
        const last = texts.slice(first, first + count).join(' ');
        if (start === undefined) return [];
        return [{ label: 'city', start, end: start + last.length, ...(said ? { text: last } : {}) }];
      });
      const redacted = redactLine(entityLine(input, found), detectors, entities);
      // Whole words are replaced, and entities are of whole words.
      if (!redacted.ok || redacted.value.trace === null) throw new Error('refused');
      const { trace } = redacted.value;
      expect(trace.input).not.toContain('@');
      const before = entitiesOf(entitiesOutput(found));
      const after = entitiesOf(trace.output);
      expect(after).toHaveLength(before.length);
      for (const [index, { start, end, text }] of after.entries()) {
        const was = before[index];
        const stands = trace.input.slice(start, end);
        if (text !== undefined) expect(text).toBe(stands);
        const mask = (part: string): string => part.replace(/\S+@\S+|«EMAIL-\d+»/g, '@');
        expect(mask(stands)).toBe(mask(input.slice(was?.start, was?.end)));
      }
    }),
  );
});
