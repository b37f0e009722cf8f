import { canonicalJson } from '../../domain/base/ids.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import type { Trainer } from '../../ports/trainer.ts';
import type { RunPlan } from '../state/run-plan.ts';

/**
 * The configurations that are worth training in a run: where the labels changed since the champion was trained, those
 * that learn nothing from it. Its weights and probabilities are of other labels; an average with them would leave out
 * what is new and what has another name. The same where the champion is none that the trainer could have made, such as
 * an endpoint. All of them where none would be left.
 */
export function withoutStaleChampion(
  configurations: readonly Configuration[],
  { model, champion }: Pick<RunPlan, 'model' | 'champion'>,
  trainer: Pick<Trainer, 'learnsFromChampion' | 'predictors'>,
): readonly Configuration[] {
  const isOwn = trainer.predictors.includes(champion.served.predictor);
  if (isOwn && canonicalJson(model.task) === canonicalJson(champion.task)) return configurations;
  const alone = configurations.filter((configuration) => !trainer.learnsFromChampion(configuration));
  return alone.length === 0 ? configurations : alone;
}
