import type { JudgedRecord } from '../../shared/domain/traces/trace-record.ts';
import type { Triage } from '../../shared/domain/triage/triage.ts';
import { triageRecords } from '../../shared/domain/triage/triage-records.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import type { Labelled } from '../adaptft/perturbations/corpus.ts';
import { askOutOfFold } from '../triage-suspects/ask-out-of-fold.ts';

export interface Found {
  readonly input: string;
  readonly triage: Triage;
}

/** First examples a label; triage is not told of them. */
const examplesPerLabel = 2;

/**
 * Triages a traffic in which every answer is right and an LLM judged it so, as a run does: with two passes of five fold
 * models of n-grams alone.
 */
export async function triageCleanTraffic(
  { texts, seed, name }: { texts: readonly Labelled[]; seed: number; name: string },
  ports: Ports,
): Promise<readonly Found[]> {
  const labels = [...new Set(texts.map(({ output }) => labelOf(output)))].sort();
  const examples = labels.flatMap((label) =>
    texts.filter(({ output }) => labelOf(output) === label).slice(0, examplesPerLabel),
  );
  const records = texts.filter((text) => !examples.includes(text)).map(asRecord);
  const asked = { scenario: { foundation: 'none' as const }, draw: { labels, examples }, seed, name };
  const outOfFold = await askOutOfFold(records, asked, ports);
  const triaged = triageRecords({ records, kind: classification, labels, outOfFold });
  return records.flatMap(({ input, traceId }) => {
    const triage = triaged.get(traceId);
    return triage === undefined ? [] : [{ input, triage }];
  });
}

function asRecord({ input, output }: Labelled, at: number): JudgedRecord {
  const judge = { kind: 'llm' as const, id: 'judge', reason: '' };
  return {
    traceId: `t-${String(at).padStart(5, '0')}`,
    groupId: `t-${at}`,
    folds: [0],
    use: 'evidence',
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    input,
    slice: null,
    steps: null,
    recorded: output,
    judgement: { verdict: 'pass', expected: null, judge },
    answer: output,
    confidence: 0.9,
    runnerUp: null,
    verdict: 'pass',
    expected: output,
    judgedBy: judge,
  };
}
