import type { z } from 'zod';
import { leaseRefSchema } from '../../shared/domain/models/run-ref.ts';
import { assembleCurriculum } from '../../shared/loop/curriculum/assemble-curriculum.ts';
import { prepareNextDataset } from '../../shared/loop/curriculum/prepare-next-dataset.ts';
import { synthesizeCurriculum } from '../../shared/loop/curriculum/synthesize-curriculum.ts';
import { decideNext } from '../../shared/loop/decision/decide-next.ts';
import { finalTest } from '../../shared/loop/decision/final-test.ts';
import { gateCandidates } from '../../shared/loop/decision/gate-candidates.ts';
import { promoteChampion } from '../../shared/loop/decision/promote-champion.ts';
import { analyzeFailures } from '../../shared/loop/diagnosis/analyze-failures.ts';
import { buildTaxonomy } from '../../shared/loop/diagnosis/build-taxonomy.ts';
import { confirmWeaknesses } from '../../shared/loop/diagnosis/confirm-weaknesses.ts';
import { inspectLineage } from '../../shared/loop/diagnosis/inspect-lineage.ts';
import { takeLeaseInputSchema } from '../../shared/loop/engine/take-lease.ts';
import { writeReport } from '../../shared/loop/report/write-report.ts';
import { answerTraces } from '../../shared/loop/snapshot/answer-traces.ts';
import { judgeTraces } from '../../shared/loop/snapshot/judge-traces.ts';
import { prepareRun } from '../../shared/loop/snapshot/prepare-run.ts';
import { splitTraces } from '../../shared/loop/snapshot/split-traces.ts';
import { triageTraces } from '../../shared/loop/snapshot/triage-traces.ts';
import { evaluateCandidates } from '../../shared/loop/training/evaluate-candidates.ts';
import { judgeCandidates } from '../../shared/loop/training/judge-candidates.ts';
import { planCandidates } from '../../shared/loop/training/plan-candidates.ts';
import { trainCandidates } from '../../shared/loop/training/train-candidates.ts';

/** What the state machine sees of a stage. */
export interface StageShape {
  readonly name: string;
  readonly long?: true | undefined;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

/** All stages there are, one a Task state. */
export const allStages: readonly StageShape[] = [
  { name: 'take-lease', input: takeLeaseInputSchema, output: leaseRefSchema },
  ...[prepareRun, answerTraces, judgeTraces, triageTraces, splitTraces, analyzeFailures, buildTaxonomy],
  ...[confirmWeaknesses, inspectLineage, synthesizeCurriculum, assembleCurriculum, planCandidates, trainCandidates],
  ...[prepareNextDataset, evaluateCandidates, judgeCandidates, gateCandidates, decideNext, promoteChampion],
  ...[finalTest, writeReport],
];
