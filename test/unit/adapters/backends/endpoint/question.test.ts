import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { questionOf } from '../../../../../shared/adapters/backends/endpoint/question.ts';
import { extraction } from '../../../../../shared/tasks/extraction/extraction.ts';

const labels = { kind: 'classification', labels: ['refund', 'delivery', 'card payment'] };
const writing = (checker: string, more: object = {}) => ({ kind: 'generation', checker, ...more });
const entities = { kind: 'extraction', labels: ['city', 'person'], overlaps: 'refused' };

describe('what an endpoint says of a classification', () => {
  it.each([
    ['{"label":"refund"}', 'refund'],
    ['```json\n{"label": "card payment"}\n```', 'card payment'],
    ['refund', 'refund'],
    [' **Refund**.', 'refund'],
    ['"Card Payment"', 'card payment'],
    ['The label is delivery, I think.', 'delivery'],
    ['{"label":"Delivery"}', 'delivery'],
  ])('%j is its label', (text, label) => {
    expect(questionOf(labels).read('where is my parcel', text)).toBe(label);
  });

  it.each([
    '{"label":"complaint"}',
    'It may be refund or delivery.',
    '',
    '{"label":["refund"]}',
    'refunds',
    '{"label":',
  ])('%j is no answer', (text) => {
    expect(questionOf(labels).read('where is my parcel', text)).toBeNull();
  });

  it('is never anything but a label of the task, whatever is said', () => {
    const { read } = questionOf(labels);
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ label: fc.string() }).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(anything, (text) => [...labels.labels, null].includes(read('input', text) as string | null)),
      { seed: 11 },
    );
  });
});

describe('what an endpoint says of an extraction', () => {
  const read = (input: string, found: unknown) => questionOf(entities).read(input, JSON.stringify(found));

  it('is found in the text, words that stand there twice in their order', () => {
    const input = 'From Rome to Paris and back to Rome';
    const said = ['Rome', 'Paris', 'Rome'].map((text) => ({ label: 'city', text }));
    expect(read(input, { entities: said })).toEqual([
      { label: 'city', start: 5, end: 9, text: 'Rome' },
      { label: 'city', start: 13, end: 18, text: 'Paris' },
      { label: 'city', start: 31, end: 35, text: 'Rome' },
    ]);
  });

  it('is left out where the text does not have it, where it lies across another, and where its label is unknown', () => {
    const said = [
      { label: 'city', text: 'New York' },
      { label: 'city', text: 'York' },
      { label: 'city', text: 'London' },
      { label: 'animal', text: 'cat' },
      'nonsense',
    ];
    expect(read('A cat in New York', { entities: said })).toEqual([
      { label: 'city', start: 9, end: 17, text: 'New York' },
    ]);
  });

  it('is no answer where nothing of it stands in the text, and an empty one where it says that there is nothing', () => {
    expect(read('Hello', { entities: [{ label: 'city', text: 'Rome' }] })).toBeNull();
    expect(read('Hello', { entities: [] })).toEqual([]);
    expect(questionOf(entities).read('Hello', 'I found none.')).toBeNull();
  });

  it('always fits the text that was asked about, whatever is said', () => {
    const words = fc.constantFrom('Rome', 'New York', 'York', 'Ann', '😀', 'x');
    const said = fc.array(fc.record({ label: fc.constantFrom('city', 'person', 'animal'), text: words }));
    fc.assert(
      fc.property(fc.array(words), said, (input, found) => {
        const text = input.join(' ');
        const output = read(text, { entities: found });
        return output === null || extraction.problem(extraction.spec.parse(entities), text, output) === null;
      }),
      { seed: 12 },
    );
  });
});

describe('what an endpoint says of a generation', () => {
  it('is its text; JSON where fields are compared, and no answer where that is none', () => {
    expect(questionOf(writing('numeric')).read('2 + 2', 'It is 4.')).toBe('It is 4.');
    const asJson = questionOf(writing('json'));
    expect(asJson.read('x', '```json\n{"a": 1}\n```')).toEqual({ a: 1 });
    expect(asJson.read('x', '')).toBeNull();
  });

  it('is held to the schema that a person gave, where there is one', () => {
    const schema = { type: 'object', required: ['queue'] };
    expect(questionOf(writing('json', { schema })).schema).toEqual({ name: 'answer', schema, given: true });
    expect(questionOf(writing('json')).schema).toBeNull();
    expect(questionOf(writing('exact')).schema).toBeNull();
  });
});
