import { SeededRandom } from '../../../../../shared/adapters/local/seeded-random.ts';
import type { UsableRecord } from '../../../../../shared/domain/traces/trace-record.ts';
import type { RandomStream } from '../../../../../shared/ports/random.ts';
import { classificationTask } from '../../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../../shared/tasks/classification/label.ts';
import { answerOf } from '../../../../helpers/outputs.ts';

const verbs: Readonly<Record<string, readonly string[]>> = {
  transfer: ['transfer', 'send', 'move', 'wire'],
  pay_bill: ['pay', 'settle', 'clear', 'cover'],
  balance: ['check', 'show', 'tell', 'read'],
  block_card: ['block', 'freeze', 'cancel', 'lock'],
  weather: ['forecast', 'predict', 'report', 'describe'],
  travel: ['book', 'reserve', 'plan', 'arrange'],
  music: ['play', 'queue', 'start', 'shuffle'],
  alarm: ['wake', 'remind', 'ring', 'alert'],
};
const objects: Readonly<Record<string, readonly string[]>> = {
  transfer: ['cash to savings', 'funds to checking', 'euros to mother', 'dollars abroad'],
  pay_bill: ['electric invoice', 'water bill', 'phone invoice', 'gas bill'],
  balance: ['account balance', 'remaining credit', 'available total', 'current saldo'],
  block_card: ['stolen visa', 'lost card', 'debit plastic', 'missing mastercard'],
  weather: ['rain in berlin', 'snow in oslo', 'sunshine in madrid', 'storm in london'],
  travel: ['flight to rome', 'hotel in paris', 'train to vienna', 'cruise to corfu'],
  music: ['jazz album', 'rock song', 'summer playlist', 'piano concerto'],
  alarm: ['at seven', 'before breakfast', 'after lunch', 'at midnight'],
};
const openings = ['please', 'could you', 'i want to', 'help me', 'now', 'kindly', 'hey', 'today'];
const endings = ['', 'for me', 'right away', 'as usual', 'if possible', 'this week', 'tonight', 'again'];

export const plantedLabels: readonly string[] = Object.keys(verbs);
export const plantedTask = classificationTask(plantedLabels);

export function stream(name: string): RandomStream {
  return new SeededRandom().stream(7, name);
}

/** A short made-up input of a label; 1,024 different ones a label. */
export function madeUpInput(label: string, random: RandomStream): string {
  const pick = (items: readonly string[]): string => items[random.below(items.length)] ?? '';
  return [pick(openings), pick(verbs[label] ?? [label]), 'the', pick(objects[label] ?? [label]), pick(endings)]
    .join(' ')
    .trim();
}

/** The label that the words of a made-up input belong to. */
export function trueLabel(input: string): string | undefined {
  return plantedLabels.find((label) =>
    [...(verbs[label] ?? [])].some((verb) =>
      input
        .toLowerCase()
        .split(/\P{L}+/u)
        .includes(verb),
    ),
  );
}

let counter = 0;

/** A record as a run sees it, judged by comparing the champion's answer with the right one. */
export function planted(
  input: string,
  expected: string,
  answer: string | null,
  options: { noise?: string; confidence?: number; runnerUp?: number; traceId?: string } = {},
): UsableRecord {
  counter += 1;
  const confidence = options.confidence ?? (answer === expected ? 0.9 : 0.5);
  const noisy = options.noise !== undefined;
  return {
    traceId: options.traceId ?? `trace-${String(counter).padStart(6, '0')}`,
    groupId: 'group',
    folds: [0],
    use: 'evidence',
    timestamp: '2026-01-01T00:00:00Z',
    input,
    slice: null,
    steps: null,
    recorded: answerOf(answer),
    judgement: null,
    answer: answerOf(answer),
    confidence,
    runnerUp: { output: labelOutput(expected), confidence: options.runnerUp ?? 0.1 },
    verdict: answer === expected ? 'pass' : 'fail',
    expected: labelOutput(expected),
    judgedBy: { kind: 'human', id: 'h', reason: '' },
    triage: { category: noisy ? 'fixable-noise' : 'clean', kind: options.noise ?? 'none', reason: '' },
  };
}

/** `count` passing inputs of each label. */
export function passing(
  count: number,
  random: RandomStream,
  labels: readonly string[] = plantedLabels,
): UsableRecord[] {
  return labels.flatMap((label) =>
    Array.from({ length: count }, () => madeUpInput(label, random)).map((input) => planted(input, label, label)),
  );
}
