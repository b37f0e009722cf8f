import { crossFitFolds } from '../../domain/evaluation/cross-fit-folds.ts';
import type { EvaluationAnswer } from '../../domain/evaluation/evaluation-set.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { learnsFromChampion } from '../../domain/models/hyperparameters.ts';
import type { UsableRecord } from '../../domain/traces/trace-record.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { evaluate } from '../engine/evaluate.ts';
import type { Candidate } from '../state/candidate.ts';
import type { RunPlan } from '../state/run-plan.ts';

/**
 * What a candidate's recipe answers on the training side when it has not trained on the trace asked for: one training a fold,
 * with the candidate's configuration. The champion has not seen that traffic either, so its answers are its match.
 */
export async function crossFit(
  request: {
    readonly candidate: Candidate;
    readonly plan: Pick<RunPlan, 'model' | 'champion'>;
    /** The training side. */
    readonly records: readonly UsableRecord[];
    readonly seed: number;
    readonly key: (file: string) => string;
  },
  ports: Ports,
): Promise<EvaluationAnswer[]> {
  const { candidate, plan, seed, key } = request;
  const { model, champion } = plan;
  const dataset = await readJsonl(ports.objects, candidate.datasetKey, exampleSchema);
  const folds = crossFitFolds(request.records, dataset);
  const answers: EvaluationAnswer[] = [];
  for (const [index, { held, examples }] of folds.entries()) {
    const datasetKey = key(`fold-${index}.jsonl`);
    await writeJsonl(ports.objects, datasetKey, examples);
    const { artifactKey, artifactDigest } = await trainerNamed(model.trainer, ports).train({
      task: model.task,
      datasetKey,
      configuration: candidate.configuration,
      seed,
      teacher: learnsFromChampion(candidate.configuration) ? champion : null,
      artifactKey: key(`fold-${index}.bin`),
    });
    const items = held.map(({ traceId, input, expected, verdict }) => ({
      exampleId: traceId,
      input,
      expected,
      right: verdict === 'pass',
    }));
    answers.push(...(await evaluate({ trainer: model.trainer, artifactKey, artifactDigest }, items, ports)));
    for (const done of [datasetKey, artifactKey]) await ports.objects.delete(done);
    ports.observer.progress(index + 1, folds.length, 'folds');
  }
  return answers;
}
