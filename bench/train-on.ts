import { createHash } from 'node:crypto';
import type { Json } from '../shared/domain/base/json.ts';
import type { Output } from '../shared/domain/base/output.ts';
import type { TaskSpec } from '../shared/domain/base/task-spec.ts';
import type { Checkpoint } from '../shared/domain/models/checkpoint.ts';
import type { Example } from '../shared/domain/models/example.ts';
import { trainerNamed } from '../shared/ports/back-ends.ts';
import { writeJsonl } from '../shared/ports/documents.ts';
import type { Ports } from '../shared/ports/ports.ts';
import { toEnd } from '../shared/ports/to-end.ts';

/** An input with its right output. */
interface Answered {
  readonly input: string;
  readonly output: Output;
}

export interface PlainTraining {
  /** Names dataset and artifact within the workspace. */
  readonly name: string;
  readonly examples: readonly Answered[];
  readonly task: TaskSpec;
  readonly trainer: string;
  readonly predictor: string;
  readonly configuration: Json;
  readonly seed: number;
}

/** Trains on examples as they are, each with the weight 1, outside any loop. */
export async function trainOn(
  { name, examples, task, trainer, predictor, configuration, seed }: PlainTraining,
  ports: Ports,
): Promise<Pick<Checkpoint, 'served'>> {
  const datasetKey = `arms/${name}.jsonl`;
  await writeJsonl(ports.objects, datasetKey, examples.map(asExample));
  const artifactKey = `arms/${name}.bin`;
  return toEnd(trainerNamed(trainer, ports), artifactKey, {
    task,
    datasetKey,
    configuration,
    seed,
    teacher: null,
    folds: null,
    artifactKey,
    predictor,
  });
}

function asExample({ input, output }: Answered, index: number): Example {
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
