import type { Ports } from '../ports/ports.ts';
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
import { executeStage } from './engine/execute-stage.ts';
import type { Stage } from './engine/stage.ts';
import { takeRunLease } from './engine/take-lease.ts';
import { writeReport } from './report/write-report.ts';
import { judgeTraces } from './snapshot/judge-traces.ts';
import { prepareRun } from './snapshot/prepare-run.ts';
import { splitTraces } from './snapshot/split-traces.ts';
import { triageTraces } from './snapshot/triage-traces.ts';
import type { StageHead } from './state/stage-head.ts';
import { evaluateCandidates } from './training/evaluate-candidates.ts';
import { evaluateChampion } from './training/evaluate-champion.ts';
import { planCandidates } from './training/plan-candidates.ts';
import { trainCandidates } from './training/train-candidates.ts';
/** Runs one Task state of the state machine. */
export type StateHandler = (
  input: unknown,
  ports: Ports,
) => Promise<{ readonly output: unknown; readonly passedOver: boolean }>;

function once<I extends StageHead, O>(stage: Stage<I, O>): readonly [string, StateHandler] {
  return [
    stage.name,
    (input, ports) => executeStage(stage, input, ports, (other, its) => executeOther(other, its, ports)),
  ];
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

/** Runs a stage by its state's name, for the stages that work ahead. */
async function executeOther(name: string, input: unknown, ports: Ports): Promise<unknown> {
  const handler = stateHandlers.get(name);
  if (handler === undefined) throw new Error(`there is no stage ${name}`);
  return (await handler(input, ports)).output;
}
