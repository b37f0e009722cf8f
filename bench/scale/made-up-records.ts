import { foldCount } from '../../shared/domain/evaluation/fold.ts';
import type { TriagedRecord, UsableRecord } from '../../shared/domain/traces/trace-record.ts';
import type { OutOfFold } from '../../shared/domain/triage/off-domain.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import type { BigramTraffic } from './bigram-traffic.ts';

/** Share of the traffic that the champion gets wrong. */
const failing = 0.15;
/** Labels that a label is confused with. */
const confusable = 3;
const firstArrival = Date.parse('2026-01-01T00:00:00Z');

/**
 * Records as after triage: a champion with a fixed pattern of confusions, judged by the truth. Each is a near-duplicate
 * group of its own on one fold after the other: a stand-in for places, which are measured by themselves.
 */
export function madeUpRecords(size: number, traffic: BigramTraffic, random: RandomStream): UsableRecord[] {
  const { labels } = traffic;
  return Array.from({ length: size }, (_, index): UsableRecord => {
    const { text, label: name } = traffic.next();
    const place = labels.indexOf(name);
    const label = labelOutput(name);
    const other = labelOutput(labels[(place + 1 + random.below(confusable)) % labels.length] ?? name);
    const fails = random.next() < failing;
    const confidence = fails ? 0.3 + 0.4 * random.next() : 0.5 + 0.5 * random.next();
    const judge = { kind: 'rule', id: 'truth', reason: '' } as const;
    const record: TriagedRecord = {
      traceId: `t-${String(index).padStart(8, '0')}`,
      groupId: `g-${index}`,
      folds: [index % foldCount],
      use: 'evidence',
      timestamp: new Date(firstArrival + index * 20_000).toISOString(),
      input: text,
      slice: null,
      steps: null,
      recorded: fails ? other : label,
      judgement: { verdict: fails ? 'fail' : 'pass', expected: label, judge },
      answer: fails ? other : label,
      confidence,
      runnerUp: { output: fails ? label : other, confidence: (1 - confidence) / 2 },
      verdict: fails ? 'fail' : 'pass',
      expected: label,
      judgedBy: judge,
      triage: { category: 'clean', kind: 'none', reason: '' },
    };
    return { ...record, expected: label, verdict: fails ? 'fail' : 'pass' };
  });
}

/** Out-of-fold answers that mostly agree with the label. */
export function madeUpOutOfFold(
  records: readonly UsableRecord[],
  labels: readonly string[],
  random: RandomStream,
): Map<string, OutOfFold> {
  return new Map(
    records.map((record) => {
      const sure = 0.5 + 0.45 * random.next();
      const rest = (1 - sure) / (labels.length - 1);
      return [
        record.traceId,
        { labels, probabilities: labels.map((label) => (label === labelOf(record.expected) ? sure : rest)) },
      ];
    }),
  );
}
