import { isHeldOut } from '../../shared/domain/evaluation/fold.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import type { FoldModels } from '../../shared/domain/models/fold-models.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import type { FoldPlan } from '../../shared/ports/trainer.ts';

/** The models of a plan, each trained on the examples that its part does not hold out. */
export async function trainFoldModels(
  plan: FoldPlan | null,
  examples: readonly Example[],
  train: (examples: readonly Example[], artifactKey: string) => Promise<Served>,
): Promise<FoldModels | null> {
  if (plan === null) return null;
  const { parts } = plan;
  const models: (Served | null)[] = Array.from({ length: parts }, () => null);
  for (const { part, artifactKey } of plan.models) {
    const own = examples.filter(({ folds }) => !isHeldOut(folds, part, parts));
    models[part] = await train(own, artifactKey);
  }
  return { parts, models };
}
