import { createHash } from 'node:crypto';
import type { Example } from '../../../shared/domain/models/example.ts';
import { trainerNamed } from '../../../shared/ports/back-ends.ts';
import { writeJsonl } from '../../../shared/ports/documents.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { toEnd } from '../../../shared/ports/to-end.ts';
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
  const datasetKey = `arms/${name}.jsonl`;
  await writeJsonl(ports.objects, datasetKey, examples.map(asExample));
  const artifactKey = `arms/${name}.bin`;
  return toEnd(trainerNamed(task.backEnds.trainer, ports), artifactKey, {
    task: task.spec(labelsAt(prepared, stage)),
    datasetKey,
    configuration: task.configuration(scenario.foundation),
    seed,
    teacher: null,
    folds: null,
    artifactKey,
    predictor: task.backEnds.predictor,
  });
}

function asExample({ input, output }: Labelled, index: number): Example {
  return {
    exampleId: createHash('sha256').update(`${index}\u0000${input}`).digest('hex').slice(0, 16),
    input,
    output,
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: index + 1 },
    folds: [],
  };
}
