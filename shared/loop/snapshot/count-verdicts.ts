import { type Agreement, alignmentOf } from '../../domain/evaluation/judge-alignment.ts';
import { type JudgedAnswer, withVerdict } from '../../domain/traces/judging.ts';
import type { JudgedRecord } from '../../domain/traces/trace-record.ts';
import type { Usage } from '../../ports/long-work.ts';
import type { ChunkVerdicts, JudgeReport } from '../state/judge-report.ts';

/**
 * What a judge said of all chunks, on the records where it agrees with people well enough; else they stay unjudged.
 * What people judged is never touched.
 */
export function countVerdicts(
  records: readonly JudgedRecord[],
  chunks: readonly ChunkVerdicts[],
): { readonly records: readonly JudgedRecord[]; readonly report: JudgeReport | null } {
  const [first] = chunks;
  if (first === undefined) return { records, report: null };
  const said = chunks.flatMap((chunk) => chunk.said);
  const report = judgeReport({
    name: first.name,
    said,
    agreement: chunks.map(({ agreement }) => agreement).reduce(together),
    unusable: chunks.reduce((sum, { unusable }) => sum + unusable, 0),
    trouble: chunks.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    spent: chunks.map(({ spent }) => spent).reduce(spentTogether),
  });
  if (!report.counts) return { records, report };
  const byTrace = new Map(said.map((one) => [one.traceId, one]));
  return { records: records.map((record) => withVerdict(record, byTrace.get(record.traceId) ?? null)), report };
}

/** What is to be told of a judge. */
export function judgeReport({
  said,
  ...rest
}: Omit<ChunkVerdicts, 'said'> & { readonly said: readonly Pick<JudgedAnswer, 'verdict'>[] }): JudgeReport {
  const { counts, why } = alignmentOf(rest.agreement);
  return {
    ...rest,
    counts,
    why,
    said: { of: said.length, passes: said.filter(({ verdict }) => verdict === 'pass').length },
  };
}

function together(a: Agreement, b: Agreement): Agreement {
  const sum = (one: Agreement['passes'], other: Agreement['passes']) => ({
    of: one.of + other.of,
    agreed: one.agreed + other.agreed,
  });
  return { passes: sum(a.passes, b.passes), fails: sum(a.fails, b.fails) };
}

function spentTogether(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd + b.usd,
  };
}
