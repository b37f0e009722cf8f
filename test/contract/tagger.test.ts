import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { firstTaggerConfigurations } from '../../shared/adapters/backends/tagger/tagger-configuration.ts';
import { createTaggerPredictor } from '../../shared/adapters/backends/tagger/tagger-predictor.ts';
import { createTaggerTrainer } from '../../shared/adapters/backends/tagger/tagger-trainer.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import type { TrainingRequest } from '../../shared/ports/trainer.ts';
import { type Entity, entitiesOf, entitiesOutput, entityKey } from '../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { foldPlan } from '../helpers/fold-plan.ts';
import { putExamples, toExamples } from '../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { nestedExamples, nestedTypes } from '../helpers/nested-entities.ts';
import { train } from '../helpers/training.ts';
import { type FoldCase, foldModelsContract, onlyPart } from './fold-models-contract.ts';
import type { TrainerAndPredictor } from './trained.ts';

async function makeTagger(): Promise<TrainerAndPredictor> {
  const objects = new MemoryObjectStore();
  const runtime = new EmbeddedRuntime({ objects, threads: 2 });
  return {
    objects,
    trainer: createTaggerTrainer(runtime),
    predictor: createTaggerPredictor(runtime),
    close: () => runtime.close(),
  };
}

const [configuration] = firstTaggerConfigurations;
if (configuration === undefined) throw new Error('the tagger has no configuration to begin with');

/** An example from a text in which `[city Rome]` marks an entity. */
function marked(text: string, folds: readonly number[] = [], weight = 1): Example {
  const entities: Entity[] = [];
  let input = '';
  for (const piece of text.split(/(\[[^\]]+\])/)) {
    const found = /^\[(\S+) (.+)\]$/.exec(piece);
    if (found === null) input += piece;
    else {
      const [, label = '', word = ''] = found;
      entities.push({ label, start: input.length, end: input.length + word.length, text: word });
      input += word;
    }
  }
  const [example] = toExamples([{ input, output: '', folds, weight }]);
  if (example === undefined) throw new Error('there is no example');
  return { ...example, exampleId: input, output: entitiesOutput(entities) };
}

const cities = ['rome', 'new york', 'oslo', 'são paulo', 'lima', 'cape town', 'quito', 'bern'];
const dishes = ['ramen', 'fried rice', 'soup', 'tacos', 'curry', 'pad thai', 'pizza', 'stew'];
const frames: readonly ((city: string, dish: string) => string)[] = [
  (city, dish) => `where can i eat [dish ${dish}] in [city ${city}] tonight`,
  (city) => `book me a flight to [city ${city}] please`,
  (_, dish) => `i would like some [dish ${dish}] for dinner`,
  (city, dish) => `is the [dish ${dish}] of [city ${city}] any good`,
  () => 'what is the time right now',
];

function foldsAt(at: number): readonly number[] {
  if (at % 17 === 0) return [];
  return at % 13 === 0 ? [at % 5, 5 + (at % 4)] : [at % 10];
}

const texts = frames.flatMap((frame) =>
  cities.flatMap((city, at) => [frame(city, dishes[at] ?? ''), frame(city, dishes[(at + 3) % 8] ?? '')]),
);
const examples = [...new Set(texts)].map((text, at) => marked(text, foldsAt(at)));

const entityFolds: FoldCase = {
  task: extraction.specFrom({ labels: ['city', 'dish', 'metal', 'other'], outputs: [] }),
  configuration,
  examples: [
    ...examples,
    ...['zinc', 'zinc and rust', 'old zinc', 'the zinc'].map((text, at) =>
      marked(text.replace('zinc', '[metal zinc]'), [2 * onlyPart + (at % 2)]),
    ),
  ],
  kind: extraction,
  secret: { input: 'zinc', output: entitiesOutput([{ label: 'metal', start: 0, end: 4, text: 'zinc' }]) },
  relabelled: (example) => ({
    ...example,
    output: entitiesOutput(entitiesOf(example.output).map((entity) => ({ ...entity, label: 'other' }))),
  }),
};

foldModelsContract('tagger', makeTagger, entityFolds);

describe('the tagger', { timeout: 60_000 }, () => {
  let made: TrainerAndPredictor;
  const request = {
    task: extraction.specFrom({ labels: ['city', 'dish', 'unseen'], outputs: [] }),
    datasetKey: 'datasets/marked.jsonl',
    configuration,
    seed: 7,
    teacher: null,
    folds: null,
    artifactKey: 'artifacts/marked',
    predictor: 'tagger',
  } satisfies TrainingRequest;

  beforeAll(async () => {
    made = await makeTagger();
    await putExamples(made.objects, request.datasetKey, examples);
  });
  afterAll(() => made.close());

  const answers = async (change: Partial<TrainingRequest>, inputs: readonly string[]) => {
    const { served } = await train(made.trainer, { ...request, ...change });
    return made.predictor.predict(served, inputs);
  };
  const shown = async (change: Partial<TrainingRequest>, input: string) => {
    const [answer] = await answers(change, [input]);
    return extraction.show(answer?.output ?? null);
  };

  it('finds entities that it has not seen where they stand, with their text and how sure it is', async () => {
    const inputs = ['i would like some noodles for dinner', 'book me a flight to  Berlin please'];
    const found = await answers({}, inputs);
    expect(found.map(({ output }) => extraction.show(output))).toEqual(['dish "noodles"', 'city "Berlin"']);
    for (const [at, { output, confidence }] of found.entries()) {
      const input = inputs[at] ?? '';
      expect(extraction.problem(request.task, input, output ?? entitiesOutput([]))).toBeNull();
      for (const entity of entitiesOf(output)) {
        expect(input.slice(entity.start, entity.end)).toBe(entity.text);
        expect(entity.confidence).toBeGreaterThanOrEqual(confidence);
      }
    }
  });

  it('answers that there is nothing where there is nothing, and nothing where there is no text', async () => {
    const [none, empty, blank] = await answers({}, ['what is the time', '', ' \u200b\n']);
    expect(none?.output).toEqual([]);
    expect(empty?.output).toBeNull();
    expect(blank?.output).toBeNull();
  });

  it('tells which words an entity comes from, and why a right one is hardly there', async () => {
    const { served } = await train(made.trainer, request);
    const input = 'book me a flight to Berlin please';
    const right = entitiesOutput([{ label: 'dish', start: 8, end: 9 }]);
    const [missed, found, ...others] = (await made.predictor.explainParts?.(served, input, right)) ?? [];
    expect(others).toEqual([]);
    expect(extraction.show(found?.output ?? null)).toBe('city "Berlin"');
    expect(found?.logOdds).toBeGreaterThan(0);
    // The word itself and what stands around it tell it; what is far tells next to nothing.
    const told = new Map(found?.parts.map(({ text, contribution }) => [text, contribution]));
    expect(Math.max(told.get('flight') ?? 0, told.get('to') ?? 0, told.get('please') ?? 0)).toBeGreaterThan(0.5);
    expect(Math.abs(told.get('book') ?? 0)).toBeLessThan(0.5);
    expect(extraction.show(missed?.output ?? null)).toBe('dish "a"');
    expect(missed?.logOdds).toBeLessThan(0);
    // What is answered is as sure there as the answer says.
    const [answer] = await made.predictor.predict(served, [input]);
    const sure = entitiesOf(answer?.output ?? null)[0]?.confidence ?? 0;
    expect(found?.logOdds).toBeCloseTo(Math.log(sure / (1 - sure)), 9);
    expect(await made.predictor.explainParts?.(served, ' ', right)).toEqual([]);
  });

  it('names every entity that may stand in a text, and how likely those are that it is asked about, where it is asked', async () => {
    const { served } = await train(made.trainer, request);
    const input = 'book me a flight to oslo please';
    const odd = { label: 'dish', start: 0, end: 4, text: 'book' };
    const unseen = { label: 'unseen', start: 20, end: 24, text: 'oslo' };
    const [plain] = await made.predictor.predict(served, [input]);
    expect(plain).not.toHaveProperty('parts');
    const asked = [input, input, ''];
    const [answer, same, blank] = await made.predictor.predict(served, asked, {
      weighed: [entitiesOutput([odd, unseen]), null, null],
    });
    const { parts = [] } = answer ?? {};
    const likelihood = (label: string, start: number) =>
      parts.find(({ output }) => {
        const [entity] = entitiesOf(output);
        return entity?.label === label && entity.start === start;
      })?.confidence;
    expect(parts.every(({ output }) => entitiesOf(output).length === 1)).toBe(true);
    expect(likelihood('city', 20)).toBeGreaterThan(0.9);
    expect(likelihood('dish', 0)).toBeLessThan(0.005);
    expect(likelihood('unseen', 20)).toBe(0);
    expect(same?.parts?.map(({ output }) => extraction.show(output))).toContain('city "oslo"');
    expect(same?.parts?.map(({ output }) => extraction.show(output))).not.toContain('dish "book"');
    expect(blank?.output).toBeNull();
  });

  it('gives the same bytes for the same request, and others for another seed', async () => {
    const digests = await Promise.all(
      [7, 7, 8].map(async (seed, at) => {
        const { served } = await train(made.trainer, { ...request, seed, artifactKey: `artifacts/seed-${at}` });
        return served.digest;
      }),
    );
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it('names fewer entities, and only surer ones, with a threshold', async () => {
    const inputs = examples.map(({ input }) => input).concat('eat rome in ramen', 'flight some tonight', 'of any');
    const count = async (change: Partial<TrainingRequest>) =>
      (await answers(change, inputs)).flatMap(({ output }) => entitiesOf(output));
    const all = await count({});
    const sure = await count({ configuration: { ...configuration, threshold: 0.9 }, artifactKey: 'artifacts/sure' });
    expect(sure.length).toBeLessThan(all.length);
    expect(Math.min(...sure.map(({ confidence }) => confidence ?? 0))).toBeGreaterThanOrEqual(0.9);
  });

  it('heeds the sample weights', async () => {
    const torn = [marked('go to [city bern] now', [], 0.05), marked('go to [dish bern] now', [], 20)];
    await putExamples(made.objects, 'datasets/torn.jsonl', [...examples, ...torn]);
    expect(await shown({ datasetKey: 'datasets/torn.jsonl', artifactKey: 'artifacts/torn' }, 'go to bern now')).toBe(
      'dish "bern"',
    );
  });

  it('brings in what only the champion has learnt when it is averaged with it', async () => {
    const champion = await train(made.trainer, request);
    const withoutDishes = examples.filter(({ output }) => entitiesOf(output).every(({ label }) => label !== 'dish'));
    await putExamples(made.objects, 'datasets/part.jsonl', withoutDishes);
    const change = {
      datasetKey: 'datasets/part.jsonl',
      artifactKey: 'artifacts/merged',
      teacher: { served: champion.served, folds: null },
      configuration: { ...configuration, interpolation: 0.5 },
    };
    expect(await shown(change, 'i would like some ramen for dinner')).toBe('dish "ramen"');
  });

  it('serves one of all examples beside its fold models, as it does without them', async () => {
    const { served, folds } = await train(made.trainer, {
      ...request,
      artifactKey: 'artifacts/beside',
      folds: foldPlan('artifacts/beside', 5),
    });
    expect(folds?.models).toHaveLength(5);
    expect(folds?.models.map((model) => model?.digest)).not.toContain(served.digest);
    const alone = await train(made.trainer, { ...request, artifactKey: 'artifacts/alone-beside' });
    expect(served.digest).toBe(alone.served.digest);
  });

  it('learns the outermost of entities that overlap, where they may not', async () => {
    const nested = examples.map((example) => {
      const inner = entitiesOf(example.output).map((entity) => ({
        label: 'unseen',
        start: entity.start,
        end: entity.start + 1,
      }));
      return { ...example, output: entitiesOutput([...inner, ...entitiesOf(example.output)]) };
    });
    await putExamples(made.objects, 'datasets/nested.jsonl', nested);
    expect(
      await shown({ datasetKey: 'datasets/nested.jsonl', artifactKey: 'artifacts/nested' }, 'a flight to oslo'),
    ).toBe('city "oslo"');
  });

  it('refuses a dataset without examples, one that is no dataset, and types that the task does not have', async () => {
    await made.objects.put('datasets/empty.jsonl', new Uint8Array());
    await made.objects.put('datasets/broken.jsonl', new TextEncoder().encode('{"input": "x"}\n'));
    await putExamples(made.objects, 'datasets/foreign.jsonl', [marked('[metal zinc]')]);
    for (const datasetKey of ['datasets/empty.jsonl', 'datasets/broken.jsonl', 'datasets/foreign.jsonl']) {
      await expect(train(made.trainer, { ...request, datasetKey, artifactKey: 'a/refused' })).rejects.toMatchObject({
        name: 'InvalidInput',
      });
    }
  });

  it('refuses an artifact that is damaged, cut or of something else', async () => {
    const { served } = await train(made.trainer, request);
    const bytes = (await made.objects.get(request.artifactKey)) ?? new Uint8Array();
    const damaged = bytes.slice();
    damaged[damaged.length - 9] = (damaged[damaged.length - 9] ?? 0) ^ 1;
    for (const [name, body] of Object.entries({ damaged, cut: bytes.slice(0, 99), foreign: new Uint8Array(64) })) {
      await made.objects.put(`artifacts/${name}`, body);
      const digest = served.digest?.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) ?? null;
      await expect(
        made.predictor.predict({ ...served, ref: `artifacts/${name}`, digest }, ['x']),
      ).rejects.toMatchObject({
        name: 'CorruptArtifact',
        message: expect.stringContaining(`Artifact artifacts/${name} is damaged: its SHA-256`),
      });
    }
  });

  it('tags texts of thousands of words, odd ones and very long ones', async () => {
    const words = `fly to rome ${'and then on '.repeat(1_700)}to oslo`;
    const odd = [words, '\ud800 rome', 'rome\u0000oslo', '\u202erome', 'to\r\nrome\r\n', 'ß'.repeat(500_000)];
    const found = await answers({}, odd);
    odd.forEach((input, at) => {
      for (const { start, end, text } of entitiesOf(found[at]?.output ?? null))
        expect(input.slice(start, end)).toBe(text);
    });
    expect(entitiesOf(found[0]?.output ?? null).map(({ text }) => text)).toContain('oslo');
  });
});

describe('the tagger of entities that overlap', { timeout: 120_000 }, () => {
  let made: TrainerAndPredictor;
  const task = extraction.specFrom({ labels: nestedTypes, outputs: [], options: { overlaps: 'allowed' } });
  const request = {
    task,
    datasetKey: 'datasets/nested.jsonl',
    configuration,
    seed: 7,
    teacher: null,
    folds: null,
    artifactKey: 'artifacts/nested',
    predictor: 'tagger',
  } satisfies TrainingRequest;
  const fresh = nestedExamples('unseen', 96);

  beforeAll(async () => {
    made = await makeTagger();
    await putExamples(made.objects, request.datasetKey, nestedExamples('seen', 200));
  });
  afterAll(() => made.close());

  const answersOf = async (change: Partial<TrainingRequest>) => {
    const { served } = await train(made.trainer, { ...request, ...change });
    return made.predictor.predict(
      served,
      fresh.map(({ input }) => input),
    );
  };
  const f1 = (answers: Awaited<ReturnType<typeof answersOf>>): number =>
    extraction.score(fresh.map(({ output }, at) => extraction.grade(output, answers[at]?.output ?? entitiesOutput([]))))
      .value;

  it('finds those in others, of another type and of their own, where it has seen none of the names', async () => {
    const answers = await answersOf({});
    expect(f1(answers)).toBeGreaterThan(0.9);
    const inOthers = fresh.filter(({ output }) => entitiesOf(output).some(isInner));
    expect(inOthers.length).toBeGreaterThan(30);
    const right = inOthers.filter((example) =>
      extraction.same(example.output, answers[fresh.indexOf(example)]?.output ?? entitiesOutput([])),
    );
    expect(right.length / inOthers.length).toBeGreaterThan(0.8);
    for (const [at, { output, confidence }] of answers.entries()) {
      const entities = entitiesOf(output);
      const { input } = fresh[at] ?? { input: '' };
      expect(extraction.problem(task, input, output ?? entitiesOutput([]))).toBeNull();
      expect(new Set(entities.map(entityKey)).size).toBe(entities.length);
      expect(entities).toEqual(entitiesOf(entitiesOutput(entities)));
      for (const entity of entities) expect(entity.confidence).toBeGreaterThanOrEqual(confidence - 1e-12);
    }
  });

  it('gives the same bytes for the same request, with fold models beside it', async () => {
    const folds = foldPlan('artifacts/nested-folds', 5);
    const { served, folds: models } = await train(made.trainer, { ...request, artifactKey: 'artifacts/n-1', folds });
    const again = await train(made.trainer, { ...request, artifactKey: 'artifacts/n-2' });
    expect(again.served.digest).toBe(served.digest);
    const model = models?.models[onlyPart];
    if (model == null) throw new Error('there is no model of the part');
    const answers = await made.predictor.predict(
      model,
      fresh.map(({ input }) => input),
    );
    expect(f1(answers)).toBeGreaterThan(0.9);
  });

  it('finds them when it is averaged with a champion, and names only surer ones with a threshold', async () => {
    const champion = await train(made.trainer, request);
    const teacher = { served: champion.served, folds: null };
    await putExamples(made.objects, 'datasets/few.jsonl', nestedExamples('seen', 24));
    const few = { datasetKey: 'datasets/few.jsonl', artifactKey: 'artifacts/few' };
    const alone = f1(await answersOf(few));
    const averaged = { ...few, artifactKey: 'artifacts/averaged', teacher };
    const both = await answersOf({ ...averaged, configuration: { ...configuration, interpolation: 0.5 } });
    expect(f1(both)).toBeGreaterThan(alone);
    const sure = await answersOf({
      artifactKey: 'artifacts/sure',
      configuration: { ...configuration, threshold: 0.9 },
    });
    const confidences = sure.flatMap(({ output }) => entitiesOf(output).map(({ confidence }) => confidence ?? 0));
    expect(Math.min(...confidences)).toBeGreaterThanOrEqual(0.9);
    expect(sure.flatMap(({ output }) => entitiesOf(output)).some(isInner)).toBe(true);
  });

  it('goes on from a champion that knew no overlaps, and to one that knows none', async () => {
    const flat = nestedExamples('seen', 200).map((example) => ({
      ...example,
      output: entitiesOutput(entitiesOf(example.output).filter((one, at, all) => !isInner(one, at, all))),
    }));
    await putExamples(made.objects, 'datasets/flat.jsonl', flat);
    const interpolated = { ...configuration, interpolation: 0.4 };
    const before = { ...request, datasetKey: 'datasets/flat.jsonl', artifactKey: 'artifacts/flat' };
    const champion = await train(made.trainer, before);
    const answers = await answersOf({
      artifactKey: 'artifacts/from-flat',
      configuration: interpolated,
      teacher: { served: champion.served, folds: null },
    });
    expect(f1(answers)).toBeGreaterThan(0.9);
    const nested = await train(made.trainer, request);
    const back = await answersOf({
      ...before,
      artifactKey: 'artifacts/to-flat',
      configuration: interpolated,
      teacher: { served: nested.served, folds: null },
    });
    // A school without its city, as its own examples have it, is right here.
    const outer = back.map(({ output }) => entitiesOf(output).filter((one, at, all) => !isInner(one, at, all)));
    const wanted = fresh.map(({ output }) => entitiesOf(output).filter((one, at, all) => !isInner(one, at, all)));
    const score = extraction.score(
      wanted.map((one, at) => extraction.grade(entitiesOutput(one), entitiesOutput(outer[at] ?? []))),
    );
    expect(score.value).toBeGreaterThan(0.85);
  });

  it('tells why an entity in another is found, as sure as the answer says', async () => {
    const { served } = await train(made.trainer, request);
    const input = 'University of Porto is closed today';
    const [answer] = await made.predictor.predict(served, [input]);
    expect(extraction.show(answer?.output ?? null)).toBe('school "University of Porto", city "Porto"');
    const explained = (await made.predictor.explainParts?.(served, input, null)) ?? [];
    expect(explained).toHaveLength(2);
    for (const { output, logOdds } of explained) {
      const [one] = entitiesOf(output);
      const told = entitiesOf(answer?.output ?? null).find((other) => one && entityKey(other) === entityKey(one));
      const sure = told?.confidence ?? 0;
      expect(logOdds).toBeCloseTo(Math.log(sure / (1 - sure)), 6);
    }
  });
});

describe('the tagger of entities inside words', { timeout: 60_000 }, () => {
  const names = {
    seen: ['Oslo', 'Paris', 'Bern', 'Lima', 'Quito', 'Rome', 'Cairo', 'Tokyo'],
    unseen: ['Graz', 'Turin', 'Lyon', 'Porto'],
  };
  const inWords: readonly ((city: string, at: number) => string)[] = [
    (city) => `so good #visit[city ${city}] again`,
    (city) => `#Love[city ${city}] all day`,
    (city) => `call go[city ${city}]Now to start`,
    (_, at) => `take ${at + 1}x[amount ${at + 2}50][unit ${at % 2 ? 'mg' : 'ml'}] at night`,
    (_, at) => `the [product iPhone][amount ${at + 11}]Pro is here`,
    () => 'say #HelloWorld or fooBar',
  ];
  const made = (cities: readonly string[]) =>
    inWords.flatMap((frame) => cities.map((city, at) => marked(frame(city, at), [at % 10])));

  it('finds them between letters and figures and at capitals, where it has seen none of the names', async () => {
    const { objects, trainer, predictor, close } = await makeTagger();
    const task = extraction.specFrom({ labels: ['city', 'amount', 'unit', 'product'], outputs: [] });
    await putExamples(objects, 'datasets/words.jsonl', made(names.seen));
    const { served } = await train(trainer, {
      task,
      datasetKey: 'datasets/words.jsonl',
      configuration,
      seed: 7,
      teacher: null,
      folds: null,
      artifactKey: 'artifacts/words',
      predictor: 'tagger',
    });
    const fresh = made(names.unseen);
    const answers = await predictor.predict(
      served,
      fresh.map(({ input }) => input),
    );
    const grades = fresh.map(({ output }, at) => extraction.grade(output, answers[at]?.output ?? entitiesOutput([])));
    expect(extraction.score(grades).value).toBeGreaterThan(0.9);
    const [explained] = (await predictor.explainParts?.(served, '#LovePorto all day', null)) ?? [];
    expect(extraction.show(explained?.output ?? null)).toBe('city "Porto"');
    await close();
  });
});

/** Whether an entity lies in another. */
function isInner({ start, end }: Entity, at: number, all: readonly Entity[]): boolean {
  return all.some((other, index) => index !== at && other.start <= start && other.end >= end);
}
