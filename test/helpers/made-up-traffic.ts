import type { TraceLine } from '../../shared/domain/traces/trace.ts';
import type { Prediction } from '../../shared/ports/predictor.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { labelOrNull } from './outputs.ts';

/** A label's words, and the words that its later traffic uses in their place. */
interface Topic {
  readonly label: string;
  readonly known: readonly string[];
  readonly drifted: readonly string[];
}

const topics: readonly Topic[] = [
  {
    label: 'refund',
    known: ['refund', 'reimburse', 'repay', 'money', 'back', 'return'],
    drifted: ['chargeback', 'rebate', 'recoup', 'reversal', 'claw', 'undo'],
  },
  {
    label: 'delivery',
    known: ['parcel', 'courier', 'shipping', 'arrive', 'track', 'package'],
    drifted: ['locker', 'pickup', 'depot', 'drone', 'doorstep', 'van'],
  },
  {
    label: 'account',
    known: ['password', 'login', 'profile', 'email', 'signin', 'username'],
    drifted: ['passkey', 'biometric', 'authenticator', 'session', 'token', 'device'],
  },
];

export const labels: readonly string[] = topics.map((topic) => topic.label).sort();

const syllables = ['ka', 'lo', 'mi', 'ru', 'te', 'sa', 'no', 'vi', 'da', 'pe'];
const fillers = syllables.flatMap((a) => syllables.map((b) => `${a}${b}n`));

/** One text of a topic: three of its words among five fillers, so that hardly two texts are near-duplicates. */
function text(topic: Topic, drifted: boolean, random: RandomStream): string {
  const own = random.shuffle(drifted ? topic.drifted : topic.known).slice(0, 3);
  const noise = Array.from({ length: 5 }, () => fillers[random.below(fillers.length)] ?? '');
  return random.shuffle([...own, ...noise]).join(' ');
}

/** The label by whose words a text goes. */
export function labelOfText(input: string): string {
  const words = new Set(input.split(' '));
  return topics.find(({ known, drifted }) => [...known, ...drifted].some((word) => words.has(word)))?.label ?? '';
}

export interface Sample {
  readonly input: string;
  readonly output: string;
}

/** @param drift share of the texts that use the later words, a fraction */
export function samples(count: number, drift: number, random: RandomStream): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const topic = topics[index % topics.length];
    if (topic === undefined) throw new Error('no topic');
    return { input: text(topic, random.next() < drift, random), output: topic.label };
  });
}

/** A line of a file of traces of a classification. */
export interface LabelledLine extends Omit<TraceLine, 'output' | 'expected'> {
  readonly output: string | null;
  readonly expected?: string;
}

/** Traces of the samples as a served model answered them, judged against the truth. */
export function judgedTraces(
  modelId: string,
  traffic: readonly Sample[],
  answers: readonly Pick<Prediction, 'output' | 'confidence'>[],
  prefix = 'trace',
): LabelledLine[] {
  return traffic.map((sample, index) => {
    const { output = null, confidence = 0 } = answers[index] ?? {};
    const answer = { output: labelOrNull(output), confidence };
    return {
      traceId: `${prefix}-${String(index).padStart(5, '0')}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
      modelId,
      input: sample.input,
      output: answer.output,
      confidence: answer.confidence,
      verdict: answer.output === sample.output ? 'pass' : 'fail',
      expected: sample.output,
      judge: { kind: 'rule', id: 'truth', reason: '' },
    };
  });
}

/**
 * The same traces, half of which came again in nearly the same words, and nobody has judged those: what is said of one of a
 * pair goes to the other.
 */
export function partlyJudged(lines: readonly LabelledLine[]): LabelledLine[] {
  return lines.flatMap((line, index) => {
    const { verdict: _verdict, expected: _expected, judge: _judge, ...again } = line;
    const twin = { ...again, traceId: `${line.traceId}-again`, input: `please ${line.input}` };
    return index % 2 === 0 ? [line, twin] : [line];
  });
}
