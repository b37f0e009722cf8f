import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEmbeddedPredictor } from '../../shared/adapters/backends/embedded/embedded-predictor.ts';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { labelOrNull } from '../../test/helpers/outputs.ts';
import { type Answers, corpusFileSchema, type Measured, taskSchema } from './measurement.ts';
import { peakMiB } from './peak-memory.ts';
import { stopwatch } from './stopwatch.ts';

// One measurement of the embedded trainer, in a process of its own: the task's file is its argument.

const { values } = parseArgs({
  options: { task: { type: 'string' }, cache: { type: 'string' }, threads: { type: 'string' } },
});
const task = taskSchema.parse(JSON.parse(await readFile(values.task ?? '', 'utf8')));
const { labels, train, test } = corpusFileSchema.parse(JSON.parse(await readFile(task.corpusFile, 'utf8')));
const configuration = defaultConfiguration(task.features === 'n-grams' ? 'none' : 'use-lite');

const folder = await mkdtemp(join(tmpdir(), 'ratchet-trainer-'));
const objects = new DirectoryObjectStore(folder);
const runtime = new EmbeddedRuntime({
  objects,
  threads: Number(values.threads),
  ...(values.cache !== undefined && { cacheDirectory: values.cache }),
});
try {
  await objects.put('dataset.jsonl', new TextEncoder().encode(train.map(exampleLine).join('')));
  const training = await stopwatch(() =>
    toEnd(createEmbeddedTrainer(runtime), 'artifact', {
      task: classificationTask(labels),
      datasetKey: 'dataset.jsonl',
      configuration,
      seed: task.seed,
      teacher: null,
      folds: null,
      artifactKey: 'artifact',
      predictor: 'embedded',
    }),
  );
  const predictor = createEmbeddedPredictor(runtime);
  const texts = test.map(({ text }) => text);
  // The first call loads the head on each thread, and is not timed.
  const predictions = await predictor.predict(training.result.served, texts);
  const answers: Answers = {
    labels: predictions.map(({ output }) => labelOrNull(output) ?? ''),
    confidences: predictions.map(({ confidence }) => confidence),
  };
  await writeFile(task.answersFile, JSON.stringify(answers));
  const inputs = Array.from({ length: task.predictions }, (_, at) => texts[at % texts.length] ?? '');
  const predicting = await stopwatch(() => predictor.predict(training.result.served, inputs));
  const { header } = await runtime.served(training.result.served);
  const measured: Measured = {
    featureCount: header.sparseFeatures + header.denseWidth,
    trainSeconds: training.seconds,
    trainCpuSeconds: training.cpuSeconds,
    predictSeconds: predicting.seconds,
    predictCpuSeconds: predicting.cpuSeconds,
    predictions: inputs.length,
    peakMiB: await peakMiB(),
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
} finally {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
}

function exampleLine({ text, label }: { text: string; label: string }, at: number): string {
  const example: Example = {
    exampleId: `e-${at}`,
    input: text,
    output: labelOutput(label),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: at + 1 },
    folds: [],
  };
  return `${JSON.stringify(example)}\n`;
}
