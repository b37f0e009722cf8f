import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../../../shared/adapters/backends/embedded/search-space.ts';
import { digest } from '../../../../shared/domain/base/ids.ts';
import { isHeldOut, type Parts, partOf } from '../../../../shared/domain/evaluation/fold.ts';
import { type Example, exampleSchema } from '../../../../shared/domain/models/example.ts';
import { removeFoldFiles } from '../../../../shared/loop/engine/fold-files.ts';
import { stageKey } from '../../../../shared/loop/engine/stage.ts';
import { type PassItem, probabilitiesOutOfFold } from '../../../../shared/loop/snapshot/out-of-fold.ts';
import { trainerNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import type { PredictOptions, Predictor } from '../../../../shared/ports/predictor.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../../shared/ports/trainer.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { train, watched } from '../../../helpers/training.ts';

/** Each fourth lies in two folds, and each fifth trains everywhere. */
const items = Array.from({ length: 40 }, (_, at) => {
  const folds = at % 5 === 0 ? [] : at % 4 === 0 ? [at % 10, (at + 3) % 10].sort() : [at % 10];
  const use = folds.length === 1 ? 'evidence' : 'none';
  const item: PassItem = { traceId: `t${at}`, input: `text ${at}`, folds, use, output: labelOutput('yes') };
  return { ...item, expected: item.output };
});
const base = Array.from(
  { length: 8 },
  (_, at): Example => ({
    exampleId: `e${at}`,
    input: `first ${at}`,
    output: labelOutput('yes'),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: at + 1 },
    folds: at === 0 ? [2] : [],
  }),
);

const head = {
  run: { runId: 'r1', modelId: 'm1', seed: 1 },
  lease: { owner: 'test', fencingToken: 1 },
  iteration: 0,
  item: 'all',
};

function pass(
  ports: MemoryPorts,
  trainer: Trainer,
  change: Partial<Parameters<typeof probabilitiesOutOfFold>[0]> = {},
) {
  return probabilitiesOutOfFold(
    {
      name: 'first-',
      learns: items,
      asked: items,
      base,
      parts: 10,
      model: sampleModel(),
      trainer,
      configuration: defaultConfiguration('none'),
      seed: 1,
      onProgress: () => undefined,
      ...change,
    },
    stageContext(ports, (file) => stageKey('triage-traces', head, file)),
  );
}

/** Ports that keep what each fold model was asked. */
function asking() {
  const ports = memoryPorts({ answer: () => 'yes' });
  const asked = new Map<string, string[]>();
  const how: PredictOptions[] = [];
  const predictor = ports.predictors.get('embedded');
  if (predictor === undefined) throw new Error('no predictor');
  const watching: Predictor = {
    ...predictor,
    async predict(served, inputs, options) {
      asked.set(served.ref, [...(asked.get(served.ref) ?? []), ...inputs]);
      how.push(options ?? {});
      return predictor.predict(served, inputs, options);
    },
  };
  return { ports: { ...ports, predictors: new Map([['embedded', watching]]) }, asked, how };
}

describe('what fold models say', () => {
  test.each([5, 10] as const)('is said of each record by a model of %d parts that has not seen it', async (parts) => {
    const { ports, asked } = asking();
    const trained: { examples: readonly Example[]; plan: { parts: Parts; keys: Map<string, number> } }[] = [];
    const trainer = watched(trainerNamed('embedded', ports), async ({ datasetKey, folds }) => {
      if (folds === null) throw new Error('no fold models were asked for');
      const keys = new Map(folds.models.map(({ part, artifactKey }) => [artifactKey, part]));
      trained.push({
        examples: await readJsonl(ports.objects, datasetKey, exampleSchema),
        plan: { parts: folds.parts, keys },
      });
    });
    const said = await pass(ports, trainer, { parts });

    expect(trained).toHaveLength(1);
    const { examples = [], plan } = trained[0] ?? {};
    expect(plan?.parts).toBe(parts);
    expect([...(plan?.keys.values() ?? [])]).toEqual([...Array(parts).keys()]);
    expect(examples.map(({ input, folds }) => [input, folds])).toEqual(
      [...base, ...items].map(({ input, folds }) => [input, folds]),
    );
    for (const [ref, inputs] of asked) {
      const part = plan?.keys.get(ref) ?? expect.fail(`${ref} is no fold model`);
      for (const input of inputs) {
        const { folds } = items.find((item) => item.input === input) ?? expect.fail('nobody asked that');
        expect(isHeldOut(folds, part, parts)).toBe(true);
        expect(partOf(folds[0] ?? -1, parts)).toBe(part);
      }
    }
    const placed = items.filter(({ folds }) => folds.length > 0).map(({ traceId }) => traceId);
    expect([...said.keys()].sort()).toEqual(placed.sort());
    expect([...asked.values()].flat()).toHaveLength(placed.length);
    expect(said.get('t1')).toEqual({ labels: ['yes'], probabilities: [0.9] });
  });

  test('is said of what nothing was learnt of too, and by nobody where there is nothing to learn', async () => {
    const { ports, asked } = asking();
    const trainer = trainerNamed('embedded', ports);
    const [unknown] = items.filter(({ folds }) => folds.length === 1);
    const said = await pass(ports, trainer, { learns: [], asked: unknown === undefined ? [] : [unknown] });
    expect([...said.keys()]).toEqual([unknown?.traceId]);
    asked.clear();
    expect(await pass(ports, trainer, { learns: [], base: [] })).toEqual(new Map());
    expect(asked.size).toBe(0);
  });

  test('is learnt from examples of equal weight, and asked for with all labels and what was given', async () => {
    const { ports, asked, how } = asking();
    const [one = expect.fail('no item')] = items.filter(({ folds }) => folds.length === 1);
    const requests: TrainingRequest[] = [];
    const examples: Example[] = [];
    const trainer = watched(trainerNamed('embedded', ports), async (request) => {
      requests.push(request);
      examples.push(...(await readJsonl(ports.objects, request.datasetKey, exampleSchema)));
    });
    await pass(ports, trainer, {
      learns: [one],
      asked: [
        { ...one, expected: labelOutput('no') },
        { ...one, traceId: 'open', expected: null },
      ],
      base: [],
      seed: 5,
    });
    expect(examples).toEqual([
      {
        exampleId: digest(one.traceId),
        input: one.input,
        output: 'yes',
        weight: 1,
        slice: 'gold',
        provenance: { kind: 'trace', traceId: one.traceId, judge: null, clusterId: null, why: 'out-of-fold' },
        folds: one.folds,
      },
    ]);
    const key = (file: string) => stageKey('triage-traces', head, file);
    expect(requests).toMatchObject([
      {
        task: sampleModel().task,
        datasetKey: key('first-fold-0.jsonl'),
        artifactKey: key('first-fold-10.bin'),
        configuration: defaultConfiguration('none'),
        seed: 5,
        teacher: null,
        predictor: 'embedded',
      },
    ]);
    expect(requests[0]?.folds?.models[3]).toEqual({ part: 3, artifactKey: key('first-fold-3.bin') });
    expect([...asked.values()]).toEqual([[one.input, one.input]]);
    expect(how).toMatchObject([{ alternatives: 2, weighed: ['no', null] }]);
  });

  test('is nothing of a record that a model leaves open, and has the places that it names', async () => {
    const { ports } = asking();
    const predictor = ports.predictors.get('embedded') ?? expect.fail('no predictor');
    const span = { label: 'city', start: 0, end: 4 };
    const output = entitiesOutput([span]);
    const naming: Predictor = {
      ...predictor,
      predict: async (_, inputs) =>
        inputs.map((input) =>
          input === 'open'
            ? { output: null, confidence: 0, alternatives: [], parts: [] }
            : {
                output,
                confidence: 0.8,
                alternatives: [{ output, confidence: 0.8 }],
                parts: [{ output, confidence: 0.7 }],
              },
        ),
    };
    const [one = expect.fail('no item')] = items.filter(({ folds }) => folds.length === 1);
    const said = await pass(
      { ...ports, predictors: new Map([['embedded', naming]]) },
      trainerNamed('embedded', ports),
      {
        model: sampleModel({ task: extractionSpecFrom({ labels: ['city'], outputs: [] }) }),
        learns: [],
        base: [{ ...(base[0] ?? expect.fail('no example')), output }],
        asked: [
          { ...one, expected: null },
          { ...one, traceId: 'open', input: 'open', expected: null },
        ],
      },
    );
    expect([...said.keys()]).toEqual([one.traceId]);
    expect(said.get(one.traceId)).toMatchObject({
      probabilities: [0.8],
      places: [{ facet: 'city', start: 0, end: 4, probability: 0.7 }],
    });
  });

  test('is asked for 5,000 records at a time', async () => {
    const { ports, asked, how } = asking();
    const [one = expect.fail('no item')] = items.filter(({ folds }) => folds.length === 1);
    const many = Array.from({ length: 5_001 }, (_, at) => ({ ...one, traceId: `many-${at}`, expected: null }));
    const said = await pass(ports, trainerNamed('embedded', ports), { learns: [], asked: many });
    expect(said.size).toBe(5_001);
    expect([...asked.values()].map(({ length }) => length)).toEqual([5_001]);
    expect(how.map(({ weighed }) => weighed?.length)).toEqual([5_000, 1]);
  });

  test('leaves files that go once the stage is complete, and no others', async () => {
    const { ports } = asking();
    await pass(ports, trainerNamed('embedded', ports));
    const kept = stageKey('triage-traces', head, 'triaged.jsonl');
    await ports.objects.put(kept, new Uint8Array());
    expect((await ports.objects.list('runs/')).length).toBe(13);
    await removeFoldFiles('triage-traces', head, ports);
    expect(await ports.objects.list('runs/')).toEqual([kept]);
  });

  test('is said the same after a kill, by what a trainer that remembers its work had made', async () => {
    const { ports } = asking();
    const inner = trainerNamed('embedded', ports);
    const done = new Map<string, Artifact>();
    const remembering: Trainer = {
      ...inner,
      ...doneAtOnce(async (request, key) => {
        const known = done.get(key) ?? (await train(inner, request));
        done.set(key, known);
        for (const model of known.folds?.models ?? []) {
          expect(await ports.objects.get(model?.ref ?? '')).toBeDefined();
        }
        return known;
      }),
    };
    expect(await pass(ports, remembering)).toEqual(await pass(ports, remembering));
    expect(await pass(ports, remembering, { name: 'second-' })).toBeDefined();
    expect(done.size).toBe(2);
  });
});
