import { assembleCurriculum } from './curriculum/assemble-curriculum.ts';
import { prepareNextDataset } from './curriculum/prepare-next-dataset.ts';
import { synthesizeCurriculum } from './curriculum/synthesize-curriculum.ts';
import { decideNext } from './decision/decide-next.ts';
import { finalTest } from './decision/final-test.ts';
import { gateCandidates } from './decision/gate-candidates.ts';
import { promoteChampion } from './decision/promote-champion.ts';
import { analyzeFailures } from './diagnosis/analyze-failures.ts';
import { buildTaxonomy } from './diagnosis/build-taxonomy.ts';
import { confirmWeaknesses } from './diagnosis/confirm-weaknesses.ts';
import { inspectLineage } from './diagnosis/inspect-lineage.ts';
import { type StateHandler, stateHandler } from './engine/run-state.ts';
import type { AnyStage } from './engine/stage.ts';
import { takeRunLease } from './engine/take-lease.ts';
import { writeReport } from './report/write-report.ts';
import { answerTraces } from './snapshot/answer-traces.ts';
import { judgeTraces } from './snapshot/judge-traces.ts';
import { prepareRun } from './snapshot/prepare-run.ts';
import { splitTraces } from './snapshot/split-traces.ts';
import { triageTraces } from './snapshot/triage-traces.ts';
import type { StageHead } from './state/stage-head.ts';
import { evaluateCandidates } from './training/evaluate-candidates.ts';
import { judgeCandidates } from './training/judge-candidates.ts';
import { planCandidates } from './training/plan-candidates.ts';
import { trainCandidates } from './training/train-candidates.ts';

function once<I extends StageHead, O>(
  stage: AnyStage<I, O>,
  ahead?: ReadonlyMap<string, StateHandler>,
): readonly [string, StateHandler] {
  return [stage.name, stateHandler(stage, ahead)];
}

/**
 * What each Task state of the state machine does, by the state's name. Taking the lease leaves no completion record.
 */
export const stateHandlers: ReadonlyMap<string, StateHandler> = new Map([
  [
    'take-lease',
    async (input, ports) => {
      const lease = await takeRunLease(input, ports);
      return { output: lease, result: lease, passedOver: false, working: null };
    },
  ],
  once(prepareRun),
  once(answerTraces),
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
  once(prepareNextDataset, new Map([once(synthesizeCurriculum), once(assembleCurriculum)])),
  once(evaluateCandidates),
  once(judgeCandidates),
  once(gateCandidates),
  once(decideNext),
  once(promoteChampion),
  once(finalTest),
  once(writeReport),
]);
