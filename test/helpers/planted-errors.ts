import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import type { SuspectRecord } from '../../shared/domain/triage/suspect.ts';
import type { RandomStream } from '../../shared/ports/random.ts';

/** What a judge writes for a right label, by position; the same one where it does not err. */
export type Judging = (right: number, random: RandomStream, at: number) => number;

export interface Planted {
  readonly labels: readonly string[];
  readonly records: readonly SuspectRecord[];
  /** The right label of each record, in their order. */
  readonly right: readonly string[];
}

/**
 * Traffic of evenly frequent labels. A record has a true distribution over labels, its right label is drawn from it, and
 * so the models, which say that distribution, are calibrated. What was judged is the likeliest label.
 * @param sure how far the logit of one label stands out
 */
export function plantErrors(request: {
  readonly labels: number;
  readonly records: number;
  readonly judge: Judging;
  readonly seed?: number;
  readonly sure?: number;
}): Planted {
  const random = new SeededRandom().stream(request.seed ?? 1, 'planted-errors');
  const labels = Array.from({ length: request.labels }, (_, at) => `label-${String(at).padStart(3, '0')}`);
  const records: SuspectRecord[] = [];
  const right: string[] = [];
  for (let at = 0; at < request.records; at += 1) {
    const first = softmax(labels.map((_, y) => (y === at % labels.length ? (request.sure ?? 7.5) : 2 * random.next())));
    const truth = draw(first, random);
    const given = request.judge(truth, random, at);
    right.push(labels[truth] ?? '');
    records.push({
      traceId: `trace-${String(at).padStart(6, '0')}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + 60_000 * at).toISOString(),
      given: labels[given] ?? '',
      judgeKind: 'llm',
      recorded: labels[at % labels.length] ?? null,
      first,
      second: first,
    });
  }
  return { labels, records, right };
}

/** Errs in so many of a hundred cases, and then writes any other label. */
export function atRandom(share: number, labels: number): Judging {
  return (right, random) => (random.next() < share ? (right + 1 + random.below(labels - 1)) % labels : right);
}

/** Errs in so many of a hundred cases, and then writes the next label. */
export function byRule(share: number, labels: number): Judging {
  return (right, random) => (random.next() < share ? (right + 1) % labels : right);
}

/** Recall and precision of what is suspected. */
export function scoreOf({ records, right }: Planted, suspects: ReadonlyMap<string, unknown>) {
  const wrong = records.filter(({ given }, at) => given !== right[at]);
  const found = wrong.filter(({ traceId }) => suspects.has(traceId)).length;
  return { recall: found / wrong.length, precision: suspects.size === 0 ? 1 : found / suspects.size };
}

function draw(probabilities: readonly number[], random: RandomStream): number {
  let left = random.next();
  for (const [at, p] of probabilities.entries()) {
    left -= p;
    if (left < 0) return at;
  }
  return 0;
}

function softmax(logits: readonly number[]): number[] {
  const weights = logits.map((logit) => Math.exp(logit));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
