import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerLine, type InputLine, parseInputLine } from '../../../cli/answer-lines.ts';
import { jsonLine } from '../../../cli/printable.ts';
import { commandResult } from '../../../cli/results.ts';
import type { Prediction } from '../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';

const spam = { output: labelOutput('spam'), confidence: 0.7 };
const ham = { output: labelOutput('ham'), confidence: 0.3 };
const prediction: Prediction = { ...spam, alternatives: [spam, ham] };
const plain = { topK: null, abstainBelow: null };

function lineOf(text: string, isText = false): InputLine {
  const parsed = parseInputLine({ kind: 'text', number: 1, text }, { isText });
  if (!parsed.ok) throw new Error(parsed.problem.reason);
  return parsed.value;
}

describe('an answer', () => {
  test('comes with all fields of its line', () => {
    const line = lineOf('{"id": 7, "input": "win", "tags": ["a"], "at": null}');
    expect(answerLine(line, prediction, plain, null)).toEqual({
      input: 'win',
      id: 7,
      tags: ['a'],
      at: null,
      output: 'spam',
      confidence: 0.7,
    });
  });

  test('keeps under "given" what has the name of one of its own', () => {
    const line = lineOf('{"input": "win", "output": "ham", "traceId": "mine", "given": 1}');
    expect(answerLine(line, prediction, plain, 'trace-1')).toEqual({
      input: 'win',
      given: { output: 'ham', traceId: 'mine', given: 1 },
      traceId: 'trace-1',
      output: 'spam',
      confidence: 0.7,
    });
  });

  test('loses no field, whatever it is called or holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const { input: _, ...others } = fields;
        const answer = answerLine({ input: 'win', others }, prediction, plain, null);
        commandResult('predict', answer);
        const { given, ...written } = JSON.parse(jsonLine(answer));
        for (const [name, value] of Object.entries(JSON.parse(JSON.stringify(others)))) {
          expect(Object.hasOwn(given ?? {}, name) ? given[name] : written[name]).toEqual(value);
        }
      }),
    );
  });

  test('keeps numbers that floating point does not hold as they are written', () => {
    const line = lineOf('{"input": "win", "id": 12345678901234567890, "in": [{"x": 0.12345678901234567890}]}');
    expect(jsonLine(commandResult('predict', answerLine(line, prediction, plain, null)))).toContain(
      '"id":12345678901234567890,"in":[{"x":0.12345678901234567890}]',
    );
  });

  test('holds back an output below the confidence that is asked for, and says what it would be', () => {
    const line = lineOf('{"input": "win"}');
    expect(answerLine(line, prediction, { topK: null, abstainBelow: 0.71 }, null)).toMatchObject({
      output: null,
      confidence: 0.7,
      abstained: true,
      wouldBe: 'spam',
    });
    expect(answerLine(line, prediction, { topK: null, abstainBelow: 0.7 }, null)).toMatchObject({
      output: 'spam',
      abstained: false,
      wouldBe: null,
    });
    const none: Prediction = { output: null, confidence: 0, alternatives: [] };
    expect(answerLine(line, none, { topK: null, abstainBelow: 0.7 }, null)).toMatchObject({
      output: null,
      abstained: false,
    });
  });

  test('names as many alternatives as are asked for', () => {
    const line = lineOf('{"input": "win"}');
    expect(answerLine(line, prediction, { topK: 1, abstainBelow: null }, null).alternatives).toEqual([spam]);
    expect(answerLine(line, prediction, { topK: 5, abstainBelow: null }, null).alternatives).toEqual([spam, ham]);
  });

  test('takes a line for a text with --text, also one that looks like JSON', () => {
    expect(lineOf('{"input": 7}', true)).toEqual({ input: '{"input": 7}', others: {} });
  });
});
