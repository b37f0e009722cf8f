import { exampleIdOf } from '../../../../shared/domain/curriculum/example-id.ts';
import type { Example } from '../../../../shared/domain/models/example.ts';
import type { UsableRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { answerOf } from '../../../helpers/outputs.ts';

/** A judged record; passes unless another answer is given. */
export function record(
  traceId: string,
  input: string,
  expected: string,
  options: { answer?: string | null; margin?: number; judge?: 'human' | 'llm' | 'rule'; timestamp?: string } = {},
): UsableRecord {
  const answer = options.answer === undefined ? expected : options.answer;
  const verdict = answer === expected ? 'pass' : 'fail';
  const judge = { kind: options.judge ?? 'llm', id: 'judge', reason: '' } as const;
  const timestamp = options.timestamp ?? '2026-01-01T00:00:00Z';
  const confidence = 0.5 + (options.margin ?? 0.8) / 2;
  return {
    traceId,
    groupId: traceId,
    folds: [0],
    use: 'evidence',
    timestamp,
    input,
    slice: null,
    steps: null,
    recorded: answerOf(answer),
    judgement: { verdict, expected: labelOutput(expected), judge },
    answer: answerOf(answer),
    confidence,
    runnerUp: { output: labelOutput(`not ${answer}`), confidence: 1 - confidence },
    verdict,
    expected: labelOutput(expected),
    judgedBy: judge,
    triage: { category: 'clean', kind: 'none', reason: '' },
  };
}

/** A text of four words that no other number's text is a near-duplicate of. */
export function text(label: string, number: number): string {
  return `${label} alpha${number} beta${number * 7} gamma${number * 13}`;
}

/** `count` records of each label in turn; those numbered below `failures` answer with the next label. */
export function traffic(labels: readonly string[], count: number, failures: number, from = 0): UsableRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const number = from + at;
    const label = labels[number % labels.length] ?? '';
    const other = labels[(number + 1) % labels.length] ?? '';
    const answer = at < failures ? (labels.length === 1 ? null : other) : label;
    return record(`t${number}`, text(label, number), label, { answer, margin: ((number * 37) % 100) / 100 });
  });
}

/** A parent dataset of `perLabel` examples a label. */
export function parentExamples(labels: readonly string[], perLabel: number): Example[] {
  return labels.flatMap((label, position) =>
    Array.from({ length: perLabel }, (_, at): Example => {
      const input = text(`old ${label}`, 100_000 + position * 1_000 + at);
      return {
        exampleId: exampleIdOf(input, labelOutput(label), 'file', classification),
        input,
        output: labelOutput(label),
        weight: 1,
        slice: 'gold',
        provenance: { kind: 'file', line: at + 1 },
        folds: [],
      };
    }),
  );
}
