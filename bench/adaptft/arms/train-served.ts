import type { Ports } from '../../../shared/ports/ports.ts';
import { trainOn } from '../../train-on.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import { taskOf } from '../scenarios/scenario.ts';
import { labelsAt } from './labels-at.ts';
import type { Prepared } from './prepared.ts';
import type { Served } from './score.ts';

/**
 * Trains from the foundation, with the configuration that a model's first checkpoint gets too.
 * @param stage whose labels it learns, from 0
 */
export async function trainServed(
  name: string,
  examples: readonly Labelled[],
  prepared: Prepared,
  stage: number,
  ports: Ports,
): Promise<Served> {
  const { scenario, seed } = prepared;
  const task = taskOf(scenario);
  return trainOn(
    {
      name,
      examples,
      task: task.spec(labelsAt(prepared, stage)),
      ...task.backEnds,
      configuration: task.configuration(scenario.foundation),
      seed,
    },
    ports,
  );
}
