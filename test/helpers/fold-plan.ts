import type { Parts } from '../../shared/domain/evaluation/fold.ts';
import type { FoldPlan } from '../../shared/ports/trainer.ts';

/** A plan for the models of some parts, each stored beside the artifact of that key; of all parts by default. */
export function foldPlan(
  artifactKey: string,
  parts: Parts,
  asked: readonly number[] = [...Array(parts).keys()],
): FoldPlan {
  return { parts, models: asked.map((part) => ({ part, artifactKey: `${artifactKey}-fold-${part}-of-${parts}` })) };
}
