import { createHash } from 'node:crypto';
import type { EmbeddedConfiguration } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { createEmbeddedPredictor } from '../../shared/adapters/backends/embedded/embedded-predictor.ts';
import type { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import type { TaskSpec } from '../../shared/domain/base/task-spec.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import { writeJsonl } from '../../shared/ports/documents.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import type { Labelled } from '../improvement/load-clinc.ts';

interface Trial {
  /** Names dataset and artifact. */
  readonly name: string;
  readonly task: TaskSpec;
  readonly configuration: EmbeddedConfiguration;
  readonly seed: number;
  readonly train: readonly Labelled[];
  readonly test: readonly Labelled[];
}

/** Trains on some examples and gives the share of right answers to others, a fraction. */
export async function accuracyOf(
  { name, task, configuration, seed, train, test }: Trial,
  runtime: EmbeddedRuntime,
): Promise<number> {
  const key = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const datasetKey = `datasets/${key}.jsonl`;
  await writeJsonl(runtime.objects, datasetKey, train.map(asExample));
  const { served } = await toEnd(createEmbeddedTrainer(runtime), key, {
    task,
    datasetKey,
    configuration,
    seed,
    teacher: null,
    folds: null,
    artifactKey: `artifacts/${key}.bin`,
    predictor: 'embedded',
  });
  const answers = await createEmbeddedPredictor(runtime).predict(
    served,
    test.map(({ text }) => text),
  );
  return (
    answers.filter(({ output }, at) => output !== null && labelOf(output) === test[at]?.label).length / test.length
  );
}

function asExample({ text, label }: Labelled, index: number): Example {
  return {
    exampleId: String(index),
    input: text,
    output: labelOutput(label),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: index + 1 },
    folds: [],
  };
}
