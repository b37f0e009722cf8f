import { analyzeFailures } from './analyze-failures.ts';
import { assembleCurriculum } from './assemble-curriculum.ts';
import { buildTaxonomy } from './build-taxonomy.ts';
import { confirmWeaknesses } from './confirm-weaknesses.ts';
import { decideNext } from './decide-next.ts';
import { evaluateCandidates } from './evaluate-candidates.ts';
import { evaluateChampion } from './evaluate-champion.ts';
import { executeStage } from './execute-stage.ts';
import { finalTest } from './final-test.ts';
import { gateCandidates } from './gate-candidates.ts';
import { inspectLineage } from './inspect-lineage.ts';
import { judgeTraces } from './judge-traces.ts';
import { planCandidates } from './plan-candidates.ts';
import type { Ports } from './ports.ts';
import { prepareNextDataset } from './prepare-next-dataset.ts';
import { prepareRun } from './prepare-run.ts';
import { promoteChampion } from './promote-champion.ts';
import { splitTraces } from './split-traces.ts';
import type { Stage, StageHead } from './stage.ts';
import { synthesizeCurriculum } from './synthesize-curriculum.ts';
import { takeRunLease } from './take-lease.ts';
import { trainCandidates } from './train-candidates.ts';
import { triageTraces } from './triage-traces.ts';
import { writeReport } from './write-report.ts';

/** Runs one Task state of the state machine. */
export type StateHandler = (
  input: unknown,
  ports: Ports,
) => Promise<{ readonly output: unknown; readonly passedOver: boolean }>;

function once<I extends StageHead, O>(stage: Stage<I, O>): readonly [string, StateHandler] {
  return [stage.name, (input, ports) => executeStage(stage, input, ports)];
}

/** What each Task state of the state machine does, by the state's name. Taking the lease leaves no completion record. */
export const stateHandlers: ReadonlyMap<string, StateHandler> = new Map([
  ['take-lease', async (input, ports) => ({ output: await takeRunLease(input, ports), passedOver: false })],
  once(prepareRun),
  once(judgeTraces),
  once(triageTraces),
  once(splitTraces),
  once(analyzeFailures),
  once(buildTaxonomy),
  once(confirmWeaknesses),
  once(inspectLineage),
  once(synthesizeCurriculum),
  once(assembleCurriculum),
  once(planCandidates),
  once(trainCandidates),
  once(prepareNextDataset),
  once(evaluateChampion),
  once(evaluateCandidates),
  once(gateCandidates),
  once(decideNext),
  once(promoteChampion),
  once(finalTest),
  once(writeReport),
]);
