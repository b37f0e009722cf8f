import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { partsOf } from '../../../../shared/domain/base/part-size.ts';
import type { TaskKind } from '../../../../shared/domain/base/task-kind.ts';
import type { Checkpoint } from '../../../../shared/domain/models/checkpoint.ts';
import { type Example, exampleSchema } from '../../../../shared/domain/models/example.ts';
import type { Model } from '../../../../shared/domain/models/model.ts';
import { type JudgedRecord, triagedRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { stageKey, Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { triageTraces } from '../../../../shared/loop/snapshot/triage-traces.ts';
import type { judgedSchema } from '../../../../shared/loop/state/judged.ts';
import { predictorNamed, trainerNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Judge } from '../../../../shared/ports/judge.ts';
import { kindOf } from '../../../../shared/ports/kind-of.ts';
import { noUsage } from '../../../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../../../shared/ports/object-store.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import type { Trainer, TrainingRequest } from '../../../../shared/ports/trainer.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { watched } from '../../../helpers/training.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');

function judged(traceId: string, output: 'spam' | 'ham', kind: 'human' | 'llm', change: Partial<JudgedRecord> = {}) {
  const { part: _, triage: __, ...record } = sampleRecord(traceId);
  const judge = { kind, id: 'j', reason: '' } as const;
  const verdict = output === 'spam' ? ('pass' as const) : ('fail' as const);
  const expected = labelOutput(output);
  return { ...record, judgement: { verdict, expected, judge }, verdict, expected, judgedBy: judge, ...change };
}

/** The models say spam of everything; every tenth is called ham by the judge, every tenth by a person. */
const records = Array.from({ length: 80 }, (_, at): JudgedRecord => {
  const folds = { folds: [at % 10], groupId: `g${at}` };
  if (at % 10 === 3) return judged(`llm-${at}`, 'ham', 'llm', folds);
  return at % 10 === 7 ? judged(`human-${at}`, 'ham', 'human', folds) : judged(`t-${at}`, 'spam', 'llm', folds);
});

const first = (input: string, line: number): Example => ({
  exampleId: input,
  input,
  output: ham,
  weight: 1,
  slice: 'gold',
  provenance: { kind: 'file', line },
  folds: [],
});

const handedOn = { kind: 'parent', datasetId: 'd', exampleId: 'e' } as const;

interface Given {
  readonly records?: readonly JudgedRecord[];
  readonly parent?: readonly Example[];
  readonly model?: Model;
  readonly champion?: Partial<Checkpoint>;
  /** What the task kind looks for; all that it does by default. */
  readonly triage?: TaskKind['triage'];
  readonly trainer?: Partial<Trainer>;
  /** What models say of an input, of both labels; spam by default. */
  readonly answer?: (input: string) => 'spam' | 'ham';
  readonly secondJudge?: Judge;
  readonly chunks?: readonly (typeof chunk)[];
}
const chunk: z.infer<typeof judgedSchema> = {
  chunkId: 'chunk-0000',
  judgedKey: 'judged.jsonl',
  verdictsKey: null,
};

/** The stage with what its trainer is asked for; its files are in `here/`. */
async function prepared(given: Given = {}) {
  const memory = memoryPorts({ answer: () => 'spam' });
  const requests: TrainingRequest[] = [];
  const trained: Example[][] = [];
  const progress: (readonly [number, number, string])[] = [];
  const trainer = watched(
    {
      ...trainerNamed('embedded', memory),
      start: async (key, request, deadline, tell) => {
        tell?.(1, 4);
        return trainerNamed('embedded', memory).start(key, request, deadline);
      },
      ...given.trainer,
    },
    async (request) => {
      requests.push(request);
      trained.push(await readJsonl(memory.objects, request.datasetKey, exampleSchema));
    },
  );
  const { answer = () => 'spam' as const } = given;
  const predictor: Predictor = {
    ...predictorNamed('embedded', memory),
    predict: async (_, inputs) =>
      inputs.map((input) => {
        const [best, other] = answer(input) === 'spam' ? [spam, ham] : [ham, spam];
        const first = { output: best, confidence: 0.9 };
        return { ...first, alternatives: [first, { output: other, confidence: 0.1 }] };
      }),
  };
  const kind = kindOf(sampleModel(), memory);
  const ports = {
    ...memory,
    observer: {
      ...memory.observer,
      progress: (done: number, total: number, unit: string) => void progress.push([done, total, unit]),
    },
    tasks: new Map([...memory.tasks, [kind.kind, { ...kind, triage: given.triage ?? kind.triage }]]),
    trainers: new Map([...memory.trainers, [trainer.name, trainer]]),
    predictors: new Map([[predictor.name, predictor]]),
    judges: new Map(given.secondJudge === undefined ? memory.judges : [[given.secondJudge.name, given.secondJudge]]),
  };
  await putPlan(ports, { model: given.model ?? sampleModel(), champion: sampleCheckpoint(given.champion) });
  await writeJsonl(ports.objects, 'judged.jsonl', given.records ?? records);
  await writeJsonl(ports.objects, 'parent-examples.jsonl', given.parent ?? []);
  const input = { ...sampleHead, prepared: samplePrepared, judged: [...(given.chunks ?? [chunk])] };
  return { ports, input, context: stageContext(ports, (file) => `here/${file}`), requests, trained, progress };
}

async function triage(given: Given = {}) {
  const { ports, input, context, ...rest } = await prepared(given);
  const output = await triageTraces.run(input, context);
  if (!('triagedKey' in output)) throw new Error('it is not done');
  const triaged = await readJsonl(ports.objects, output.triagedKey, triagedRecordSchema);
  return { ports, output, triaged, ...rest };
}

const inputsOf = (examples: readonly Example[] | undefined) => examples?.map(({ input }) => input) ?? [];

describe('triage', () => {
  test('looks twice: by models of all that was judged, then of what the first agree with or a person judged', async () => {
    const { trained } = await triage();
    expect(trained).toHaveLength(2);
    expect(inputsOf(trained[0])).toEqual(records.map(({ input }) => input));
    const agreed = records.filter(({ traceId }) => !traceId.startsWith('llm-'));
    expect(inputsOf(trained[1])).toEqual(agreed.map(({ input }) => input));
    for (const example of trained.flat()) {
      expect(example.folds).toEqual(records.find(({ input }) => input === example.input)?.folds);
    }
  });

  test('suspects what the models that have not seen it deny, and never what a person judged', async () => {
    const { triaged, output } = await triage();
    const suspects = triaged.filter((record) => record.triage.category === 'suspect-judgement');
    expect(suspects.map(({ traceId }) => traceId)).toEqual(
      records.map(({ traceId }) => traceId).filter((id) => id.startsWith('llm-')),
    );
    expect(output).toMatchObject({ suspects: 8, passes: 64, failures: 16, unknown: 0 });
  });

  test('has first examples train beside the traces in both passes, and what was handed on but for what a trace teaches', async () => {
    const again = `${records[0]?.input}`.toUpperCase();
    const parent = [first('kept', 1), first(again, 2), { ...first(`${again} `, 3), provenance: handedOn }];
    const { trained } = await triage({ parent });
    expect(trained).toHaveLength(2);
    for (const examples of trained) {
      expect(inputsOf(examples)).toContain('kept');
      expect(inputsOf(examples)).toContain(again);
      expect(inputsOf(examples)).not.toContain(`${again} `);
      expect(examples.find(({ input }) => input === 'kept')?.folds).toEqual([]);
    }
  });

  test('teaches its models nothing that is for the report, nor what nobody judged', async () => {
    const apart = [
      judged('report', 'spam', 'llm', { use: 'report', folds: [...Array(10).keys()] }),
      judged('nowhere', 'spam', 'llm', { use: 'none', folds: [...Array(10).keys()] }),
      judged('unjudged', 'spam', 'llm', { expected: null, verdict: 'unknown', judgement: null }),
    ];
    const { trained, triaged } = await triage({ records: [...records, ...apart] });
    for (const { input } of apart) expect(trained.flatMap(inputsOf)).not.toContain(input);
    expect(triaged).toHaveLength(records.length + apart.length);
  });

  test('neither trains nor suspects where nobody judged, and keeps the order of the snapshot', async () => {
    const silent = records.map((record) => ({
      ...record,
      expected: null,
      verdict: 'unknown' as const,
      judgement: null,
    }));
    const { trained, triaged, output } = await triage({ records: silent });
    expect(trained).toEqual([]);
    expect(output).toMatchObject({ suspects: 0, unknown: 80 });
    expect(triaged.map(({ traceId }) => traceId)).toEqual(records.map(({ traceId }) => traceId));
  });
});

test('what the models are taught of an input that the champion had learnt otherwise is what the traces say of it', async () => {
  const parent = records.map(({ input }, at) => ({ ...first(input, at + 1), output: spam, provenance: handedOn }));
  const { trained } = await triage({ parent });
  const taught = (at: number, input: string) =>
    trained[at]?.filter((example) => example.input === input).map(({ output }) => output);
  const byPerson = records.find(({ traceId }) => traceId.startsWith('human-'))?.input ?? '';
  expect([taught(0, byPerson), taught(1, byPerson)]).toEqual([[ham], [ham]]);
  const byJudge = records.find(({ traceId }) => traceId.startsWith('llm-'))?.input ?? '';
  expect([taught(0, byJudge), taught(1, byJudge)]).toEqual([[ham], []]);
});

describe('what is told of triage', () => {
  const odd = [
    judged('empty', 'spam', 'llm', { input: ' ' }),
    judged('html', 'spam', 'llm', { input: '<p>text of a page</p><br/>' }),
  ];

  test('counts each category, and the verdicts', async () => {
    const { output, triaged } = await triage({ records: [...records, ...odd] });
    const of = (category: string) => triaged.filter((record) => record.triage.category === category).length;
    expect(output).toMatchObject({ clean: of('clean'), fixableNoise: 1, poison: 1, suspects: 8, judgesKey: null });
    expect(output.clean).toBe(72);
    expect(output).not.toHaveProperty('notAsked');
  });

  test('has what the budget did not cover, of all chunks together', async () => {
    const chunks = [chunk, { ...chunk, notAsked: 3, notAskedUsd: 0.5 }, { ...chunk, notAsked: 4, notAskedUsd: 0.25 }];
    expect((await triage({ chunks })).output).toMatchObject({ notAsked: 7, notAskedUsd: 0.75 });
  });

  test('tells how far both passes are as one', async () => {
    const { progress } = await triage();
    expect(progress).toEqual([
      [1, 8, 'epochs'],
      [5, 8, 'epochs'],
    ]);
  });
});

test('chunks keep the order of the snapshot, however many there are', async () => {
  const { ports, input, context } = await prepared();
  const parts = partsOf(records, 7);
  for (const [at, part] of parts.entries()) await writeJsonl(ports.objects, `judged-${at}.jsonl`, part);
  expect(parts.length).toBeGreaterThan(10);
  const chunks = parts.map((_, at) => ({ ...chunk, judgedKey: `judged-${at}.jsonl` }));
  const output = await triageTraces.run({ ...input, judged: chunks }, context);
  if (!('triagedKey' in output)) throw new Error('it is not done');
  const triaged = await readJsonl(ports.objects, output.triagedKey, triagedRecordSchema);
  expect(triaged.map(({ traceId }) => traceId)).toEqual(records.map(({ traceId }) => traceId));
});

describe('models of folds', () => {
  test('have files of their own in each pass, which go once the stage is complete', async () => {
    const { requests } = await triage();
    expect(requests.map(({ artifactKey }) => artifactKey)).toEqual([
      'here/first-fold-10.bin',
      'here/second-fold-10.bin',
    ]);
    const { ports, input } = await prepared();
    const key = (file: string) => stageKey('triage-traces', sampleHead, file);
    for (const file of ['first-fold-0.jsonl', 'triaged.jsonl']) await ports.objects.put(key(file), new Uint8Array());
    const output = { ...(await triage()).output };
    await triageTraces.afterwards?.(input, output, ports);
    expect(await ports.objects.list('runs/')).toEqual([key('triaged.jsonl')]);
  });

  test.each([
    ['off-domain', 2],
    ['planted-word', 2],
    ['flipped-label', 2],
    ['empty', 0],
  ] as const)('are trained for a task of which %s is looked for %i times', async (name, passes) => {
    const { trained, triaged } = await triage({ triage: [name] });
    expect(trained).toHaveLength(passes);
    expect(triaged).toHaveLength(records.length);
  });

  test('are none where no trainer is cheap', async () => {
    const { trained, output } = await triage({ trainer: { cost: 'dear' } });
    expect(trained).toEqual([]);
    expect(output).toMatchObject({ clean: 80, suspects: 0 });
  });

  test('begin with what the champion was trained with, or what the model says where another trainer did that', async () => {
    const model = sampleModel({ trainerOptions: { foundation: 'none' } });
    const configurations = async (given: Given) =>
      (await triage(given)).requests.map(({ configuration }) => configuration);
    const of = (foundation: string) => [{ foundation }, { foundation }];
    expect(await configurations({ model })).toMatchObject(of('use-lite'));
    expect(await configurations({ model, champion: { trainer: 'other' } })).toMatchObject(of('none'));
  });

  test('begin with the defaults of a trainer that is neither the champion’s nor the model’s', async () => {
    const trainer = { name: 'cheap', first: ({ options }: { options: Json }) => [{ asked: options }] };
    const model = sampleModel({ trainerOptions: { foundation: 'none' } });
    const { ports, input, context, requests } = await prepared({ trainer, model });
    const dear = { ...trainerNamed('embedded', ports), cost: 'dear' as const };
    const trainers = new Map([...ports.trainers, ['embedded', dear]]);
    await triageTraces.run(input, { ...context, ports: { ...ports, trainers } });
    const asked = dear.options.parse({});
    expect(requests.map(({ configuration }) => configuration)).toEqual([{ asked }, { asked }]);
  });

  test('learn what was handed on of a text that is for the report, or that nobody judged', async () => {
    const apart = [
      judged('report', 'spam', 'llm', { use: 'report', folds: [...Array(10).keys()] }),
      judged('unjudged', 'spam', 'llm', { expected: null, verdict: 'unknown', judgement: null }),
    ];
    const parent = apart.map(({ input }, at) => ({ ...first(input, at + 1), provenance: handedOn }));
    const { trained } = await triage({ records: [...records, ...apart], parent });
    for (const { input } of apart) expect(inputsOf(trained[0])).toContain(input);
  });
});

describe('a label that one judge alone turns', () => {
  const given = (label: 'spam' | 'ham', text: string, count: number) =>
    Array.from({ length: count }, (_, at) =>
      judged(`${text} ${label} ${at}`, label, 'llm', { input: `${text} example n${at}`, folds: [at % 10] }),
    );
  const traffic = [...given('ham', 'spam', 12), ...given('spam', 'spam', 8), ...given('ham', 'ham', 10)];
  const parent = ['spam', 'ham'].flatMap((label) =>
    Array.from({ length: 10 }, (_, at) => ({ ...first(`${label} text ${at}`, at + 1), output: labelOutput(label) })),
  );
  const answer = (input: string) => (input.startsWith('spam') ? 'spam' : 'ham');
  const kinds = async (triageOf?: TaskKind['triage']) => {
    const { triaged } = await triage({
      records: traffic,
      parent,
      answer,
      ...(triageOf !== undefined && { triage: triageOf }),
    });
    return triaged.filter((record) => record.triage.kind === 'turned-label').map(({ traceId }) => traceId);
  };

  test('is held where the first examples say otherwise, and the task kind looks for it', async () => {
    const turned = traffic.slice(0, 12).map(({ traceId }) => traceId);
    expect(await kinds()).toEqual(turned);
    expect(await kinds(['turned-label'])).toEqual(turned);
    expect(await kinds(['flipped-label'])).toEqual([]);
  });
});

test('what the first examples look like is ordinary, and what was handed on proves nothing of that', async () => {
  const html = (id: string) => `<p>text of ${id}</p><br/>`;
  const noisy = [...records, judged('html', 'spam', 'llm', { input: html('a page') })];
  const parent = Array.from({ length: 20 }, (_, at) => ({ ...first(html(`example ${at}`), at + 1), output: spam }));
  expect((await triage({ records: noisy, parent })).output.fixableNoise).toBe(0);
  const learnt = parent.map((example) => ({ ...example, provenance: handedOn }));
  expect((await triage({ records: noisy, parent: learnt })).output.fixableNoise).toBe(1);
});

describe('a second opinion that is waited for', () => {
  const slow: Judge = {
    name: 'second',
    mustAgree: false,
    start: async () => ({ status: 'working', handle: 'later', done: 0, total: 1, waitSeconds: 1 }),
    advance: async () => ({ status: 'done', value: { answers: [], unusable: 0, trouble: null }, usage: noUsage }),
  };
  const model = sampleModel({ secondOpinion: 'second' });

  async function waiting() {
    const stage = await prepared({ secondJudge: slow, model });
    const given = await triageTraces.run(stage.input, stage.context);
    if (!(given instanceof Unfinished)) throw new Error('it did not wait');
    expect(await stage.ports.objects.list('here/triaged')).toEqual([]);
    return { ...stage, again: () => triageTraces.run(stage.input, { ...stage.context, handle: given.work.handle }) };
  }

  test('finds again what triage had found', async () => {
    const { again, trained } = await waiting();
    expect(await again()).toMatchObject({ suspects: 8, clean: 72 });
    expect(trained).toHaveLength(2);
  });

  test('has triage look again where that is damaged or gone', async () => {
    for (const lose of [
      (objects: ObjectStore) => objects.delete('here/found.jsonl'),
      (objects: ObjectStore) => objects.put('here/found.jsonl', new TextEncoder().encode('{"traceId":')),
    ]) {
      const { again, trained, ports } = await waiting();
      await lose(ports.objects);
      expect(await again()).toMatchObject({ suspects: 8 });
      expect(trained).toHaveLength(4);
    }
  });

  test.each([new Error('no network'), new RatchetError('StorageFailure', 'The disk is gone.')])(
    'ends with %s of the store',
    async (fault) => {
      const { again, trained, ports } = await waiting();
      const get = ports.objects.get.bind(ports.objects);
      ports.objects.get = async (key) => {
        if (key === 'here/found.jsonl') throw fault;
        return get(key);
      };
      await expect(again()).rejects.toThrow(fault.message);
      expect(trained).toHaveLength(2);
    },
  );

  test('is not taken from a call before this one: a stage that begins anew looks anew', async () => {
    const { ports, input, context, trained } = await waiting();
    expect(await triageTraces.run(input, context)).toBeInstanceOf(Unfinished);
    expect(trained).toHaveLength(4);
    expect(await ports.objects.list('here/found')).toEqual(['here/found.jsonl']);
  });
});
