import { z } from 'zod';
import { outputSchema } from '../base/output.ts';
import { type Provenance, provenanceSchema } from '../models/example.ts';
import { judgeKindSchema } from '../traces/judgement.ts';
import { margin, type UsableRecord } from '../traces/trace-record.ts';

/** Something that may become a training example. */
export const exampleCandidateSchema = z.strictObject({
  input: z.string(),
  output: outputSchema,
  origin: z.enum(['failure', 'probe', 'pass', 'synthesis']),
  provenance: provenanceSchema,
  /** Who vouches for the output; null when nobody judged this very input. */
  judge: judgeKindSchema.nullable(),
  /** ISO 8601 time of the trace. */
  timestamp: z.string().nullable(),
  /**
   * Lower is taken first: for a hard negative its rank among those of its failure less its similarity, for a boundary
   * trace its place.
   */
  rank: z.number(),
  /** The champion's margin on it; 0 where it fails. */
  margin: z.number(),
});
export type ExampleCandidate = z.infer<typeof exampleCandidateSchema>;

/** A judged record as a candidate. The judge named is the one whose judgement gave the right output. */
export function candidateOf(
  record: UsableRecord,
  options: { clusterId: string | null; why: string; rank: number },
): ExampleCandidate {
  const judge = record.judgement?.judge.kind ?? record.judgedBy?.kind ?? null;
  const provenance: Provenance = {
    kind: 'trace',
    traceId: record.traceId,
    judge,
    clusterId: options.clusterId,
    why: options.why,
  };
  return {
    input: record.input,
    output: record.expected,
    origin: record.verdict === 'fail' ? 'failure' : 'pass',
    provenance,
    judge,
    timestamp: record.timestamp,
    rank: options.rank,
    margin: record.verdict === 'fail' ? 0 : margin(record),
  };
}
