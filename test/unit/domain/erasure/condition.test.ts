import { describe, expect, test } from 'vitest';
import { meets, meetsRaw, parseCondition } from '../../../../shared/domain/erasure/condition.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

const trace = sampleTrace({
  input: 'Write to Jane@Example.org',
  steps: [{ type: 'tool_call', name: 'mail', input: { to: ['ana'] } }],
  metadata: { user: 'u17', nested: { id: 7 }, 'odd.name': 'x' },
});
const judgements = [sampleJudgement({ judge: { kind: 'human', id: 'ana', reason: 'Mr Smith said so' } })];

describe('a condition', () => {
  test.each([
    'metadata.user=u17',
    'metadata.user~U1',
    'metadata.nested.id=7',
    'metadata.nested~7',
    'metadata.odd.name=x',
    'input~jane@example.org',
    'input=Write to Jane@Example.org',
    'traceId=t1',
    'output=spam',
    'steps~ana',
    'text~smith',
    'text~u17',
  ])('finds the trace by %s', (written) => {
    expect(meets(parseCondition(written), trace, judgements)).toBe(true);
  });

  test.each([
    'metadata.user=u1',
    'metadata.user=U17',
    'metadata.toString~a',
    'metadata.nobody=u17',
    'input=jane@example.org',
    "input~' OR 1=1 --",
    'steps~jane',
    'text~mallory',
  ])('does not find it by %s', (written) => {
    expect(meets(parseCondition(written), trace, judgements)).toBe(false);
  });

  test.each(['', '=', 'input', 'input=', 'input~ ', 'colour=red', 'metadata.=x', 'a; DROP TABLE traces=1'])(
    'is refused as %j, with what can be written',
    (written) => {
      expect(() => parseCondition(written)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
    },
  );

  test.each([
    ['u17', 'The condition "u17" has neither = nor ~.'],
    ['input=', 'The condition "input=" has no value.'],
    ['colour=red', 'The condition "colour=red" names no field that traces have: "colour".'],
  ])('is told what is wrong with it: %j', (written, message) => {
    expect(() => parseCondition(written)).toThrow(message);
  });

  test('may hold the sign of the other kind in its value', () => {
    expect(parseCondition('input~a=b')).toEqual({ field: 'input', test: 'has', value: 'a=b' });
    expect(parseCondition('metadata.q=a~b')).toEqual({ field: 'metadata.q', test: 'is', value: 'a~b' });
  });

  test('is looked for in lines that could not be read', () => {
    const line = '{"id": 5, "metadata": {"user": "u17"}, "input": "call ';
    expect(meetsRaw(parseCondition('metadata.user=u17'), line, undefined)).toBe(true);
    expect(meetsRaw(parseCondition('metadata.team=u17'), line, undefined)).toBe(false);
    expect(meetsRaw(parseCondition('metadata.user=u1'), line, undefined)).toBe(false);
    expect(meetsRaw(parseCondition('input~CALL'), line, undefined)).toBe(true);
  });

  test.each([
    ['metadata.user=ü17', String.raw`{"metadata": {"user": "\u00fc17"}}`, true],
    ['metadata.user=17', '{"metadata": {"user": 17}}', true],
    ['metadata.user=17', '{"metadata": {"user": 170}}', false],
    ['metadata.user=17', '{"metadata": {"user": 17', true],
    ['metadata.who.user=u17', '{"metadata": {"who": {"user": "u17"}}}', true],
    ['text~Jané', String.raw`{"input": "I am JAN\u00c9"}`, true],
    ['metadata.user=u17', 't1,"my words",u17', true],
    ['metadata.user=u17', 't1,"my words",u170', false],
  ])('%s in %s: %s', (written, line, expected) => {
    expect(meetsRaw(parseCondition(written), line, jsonOf(line))).toBe(expected);
  });
});

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
