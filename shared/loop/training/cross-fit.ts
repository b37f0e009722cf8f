import { crossFitFolds } from '../../domain/evaluation/cross-fit-folds.ts';
import type { EvaluationAnswer } from '../../domain/evaluation/evaluation-set.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import type { UsableRecord } from '../../domain/traces/trace-record.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { toEnd } from '../../ports/to-end.ts';
import { evaluate } from '../engine/evaluate.ts';
import { foldFile } from '../engine/fold-files.ts';
import type { StageContext } from '../engine/stage.ts';
import type { Candidate } from '../state/candidate.ts';
import type { RunPlan } from '../state/run-plan.ts';

/**
 * What a candidate's recipe answers on the training side when it has not trained on the trace asked for: one training a
 * fold, with the candidate's configuration. The champion has not seen that traffic either, so its answers are its
 * match.
 */
export async function crossFit(
  request: {
    readonly candidate: Candidate;
    readonly plan: Pick<RunPlan, 'model' | 'champion'>;
    /** The training side. */
    readonly records: readonly UsableRecord[];
    readonly seed: number;
  },
  context: StageContext,
): Promise<EvaluationAnswer[]> {
  const { ports, key } = context;
  const { candidate, plan, seed } = request;
  const { model, champion } = plan;
  const trainer = trainerNamed(model.trainer, ports);
  const dataset = await readJsonl(ports.objects, candidate.datasetKey, exampleSchema);
  const folds = crossFitFolds(request.records, dataset);
  const answers: EvaluationAnswer[] = [];
  for (const [index, { held, examples }] of folds.entries()) {
    const datasetKey = key(foldFile('', index, 'jsonl'));
    await writeJsonl(ports.objects, datasetKey, examples);
    const artifactKey = key(foldFile('', index, 'bin'));
    const { served } = await toEnd(trainer, artifactKey, {
      task: model.task,
      datasetKey,
      configuration: candidate.configuration,
      seed,
      teacher: trainer.learnsFromChampion(candidate.configuration) ? champion.served : null,
      artifactKey,
      predictor: model.predictor,
    });
    const items = held.map(({ traceId, input, expected, verdict }) => ({
      exampleId: traceId,
      input,
      expected,
      right: verdict === 'pass',
    }));
    answers.push(...(await evaluate({ task: model.task, served }, items, ports)));
    ports.observer.progress(index + 1, folds.length, 'folds');
  }
  return answers;
}
