import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../../../shared/adapters/backends/embedded/search-space.ts';
import { type Example, exampleSchema } from '../../../../shared/domain/models/example.ts';
import { removeFoldFiles } from '../../../../shared/loop/engine/fold-files.ts';
import { stageKey } from '../../../../shared/loop/engine/stage.ts';
import { outOfFoldProbabilities } from '../../../../shared/loop/snapshot/out-of-fold.ts';
import { trainerNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import type { Artifact, Trainer } from '../../../../shared/ports/trainer.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { train, watched } from '../../../helpers/training.ts';

const items = Array.from({ length: 40 }, (_, at) => ({
  id: `t${at}`,
  input: `text ${at}`,
  output: at % 4 === 0 ? null : labelOutput('yes'),
}));

const base = Array.from(
  { length: 8 },
  (_, at): Example => ({
    exampleId: `e${at}`,
    input: `first ${at}`,
    output: labelOutput('yes'),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: at + 1 },
  }),
);

const head = {
  run: { runId: 'r1', modelId: 'm1', seed: 1 },
  lease: { owner: 'test', fencingToken: 1 },
  iteration: 0,
  item: 'all',
};

describe('outOfFoldProbabilities', () => {
  test('answers every item and every example of the base by a model not trained on it, and trains on none without an output', async () => {
    const ports = memoryPorts({ answer: () => 'yes' });
    const trainedOn: Set<string>[] = [];
    const answered: string[][] = [];
    const inner = ports.trainers.get('embedded');
    const predictor = ports.predictors.get('embedded');
    if (inner === undefined || predictor === undefined) throw new Error('the ports have no trainer');
    const artifacts = new Map<string, Set<string>>();
    const trainer = watched(inner, async ({ datasetKey, artifactKey }) => {
      const examples = await readJsonl(ports.objects, datasetKey, exampleSchema);
      const inputs = new Set(examples.map(({ input }) => input));
      trainedOn.push(inputs);
      artifacts.set(artifactKey, inputs);
    });
    const asked: Predictor = {
      ...predictor,
      async predict(served, inputs, options) {
        const learnt = artifacts.get(served.ref);
        expect(inputs.filter((input) => learnt?.has(input) ?? true)).toEqual([]);
        answered.push([...inputs]);
        return predictor.predict(served, inputs, options);
      },
    };
    const found = await outOfFoldProbabilities({
      items,
      base,
      model: sampleModel(),
      configuration: defaultConfiguration('none'),
      seed: 1,
      trainer,
      context: stageContext({ ...ports, predictors: new Map([['embedded', asked]]) }, (file) =>
        stageKey('triage-traces', head, file),
      ),
      name: 'all-',
      onFold: () => {},
    });
    expect([...found.items.keys()].sort()).toEqual(items.map(({ id }) => id).sort());
    expect([...found.base.keys()].sort()).toEqual(base.map(({ exampleId }) => exampleId));
    expect(answered.flat().length).toBe(items.length + base.length);
    const learnt = new Set(trainedOn.flatMap((inputs) => [...inputs]));
    expect([...learnt].sort()).toEqual(
      [...base, ...items]
        .filter(({ output }) => output !== null)
        .map(({ input }) => input)
        .sort(),
    );
    expect((await ports.objects.list('runs/')).length).toBe(8);
    await removeFoldFiles('triage-traces', head, ports);
    expect(await ports.objects.list('runs/')).toEqual([]);
  });

  test('asks again after a kill, and gets what a trainer that remembers its work had made', async () => {
    const ports = memoryPorts({ answer: () => 'yes' });
    const inner = trainerNamed('embedded', ports);
    const done = new Map<string, Artifact>();
    const remembering: Trainer = {
      ...inner,
      ...doneAtOnce(async (request, key) => {
        const known = done.get(key) ?? (await train(inner, request));
        done.set(key, known);
        expect(await ports.objects.get(known.served.ref)).toBeDefined();
        return known;
      }),
    };
    const ask = () =>
      outOfFoldProbabilities({
        items,
        base,
        model: sampleModel(),
        trainer: remembering,
        configuration: defaultConfiguration('none'),
        seed: 1,
        context: stageContext(ports, (file) => stageKey('triage-traces', head, file)),
        name: 'all-',
        onFold: () => {},
      });
    expect(await ask()).toEqual(await ask());
    expect(done.size).toBe(4);
  });
});
