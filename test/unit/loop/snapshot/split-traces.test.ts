import { describe, expect, test } from 'vitest';
import type { LabelChange } from '../../../../shared/domain/base/label-change.ts';
import { evidenceRecordSchema } from '../../../../shared/domain/evaluation/evidence-record.ts';
import type { Model } from '../../../../shared/domain/models/model.ts';
import type { RolledBack } from '../../../../shared/domain/models/rolled-back.ts';
import { splitRecordSchema, type TriagedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { splitTraces } from '../../../../shared/loop/snapshot/split-traces.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const suspect = { category: 'suspect-judgement', kind: 'k', reason: 'r' } as never;
const poison = { category: 'poison', kind: 'k', reason: 'r' } as never;
const fails = { verdict: 'fail', answer: labelOutput('ham') } as const;

async function split(
  records: readonly TriagedRecord[],
  options: {
    champion?: Parameters<typeof sampleCheckpoint>[0];
    settings?: Record<string, number>;
    rolledBack?: readonly RolledBack[];
    trainer?: Partial<Trainer>;
    model?: Partial<Model>;
    notAsked?: number;
    budgetUsd?: number;
  } = {},
) {
  const plain = memoryPorts();
  const trainers = [...plain.trainers].map(([name, one]) => [name, { ...one, ...options.trainer }] as const);
  const ports = { ...plain, trainers: new Map(trainers) };
  const model = sampleModel(options.model);
  await putPlan(ports, {
    run: sampleRun(options.budgetUsd === undefined ? {} : { budgetUsd: options.budgetUsd }),
    champion: sampleCheckpoint(options.champion),
    model: { ...model, settings: { ...model.settings, ...options.settings } },
    rolledBack: [...(options.rolledBack ?? [])],
  });
  await writeJsonl(
    ports.objects,
    'triaged.jsonl',
    records.map(({ part: _, ...record }: TriagedRecord & { part?: unknown }) => record),
  );
  await writeJsonl(ports.objects, 'parent-examples.jsonl', []);
  const counts = {
    ...(options.notAsked === undefined ? {} : { notAsked: options.notAsked }),
    passes: 0,
    failures: 0,
    unknown: 0,
    clean: 0,
    fixableNoise: 0,
    poison: 0,
    suspects: 0,
    judgesKey: null,
  };
  const output = await splitTraces.run(
    { ...sampleHead, prepared: samplePrepared, triaged: { triagedKey: 'triaged.jsonl', ...counts } },
    stageContext(ports),
  );
  const read = {
    evidence: await readJsonl(ports.objects, output.evidence.key, evidenceRecordSchema),
    records: await readJsonl(ports.objects, output.recordsKey, splitRecordSchema),
    shards: await Promise.all(output.shards.map(({ key }) => readJsonl(ports.objects, key, splitRecordSchema))),
  };
  return { output, ...read };
}

const many = (count: number, change: Partial<TriagedRecord> = {}, prefix = 't') =>
  Array.from({ length: count }, (_, at) => sampleRecord(`${prefix}${at}`, { folds: [at % 10], ...change }));

describe('what candidates are weighed by', () => {
  test('has suspects, not counted among what was kept, and no poison', async () => {
    const { evidence, output } = await split([
      sampleRecord('a'),
      sampleRecord('b', fails),
      sampleRecord('c', { triage: suspect }),
      sampleRecord('d', { triage: poison }),
    ]);
    expect(evidence.map(({ exampleId, right, kept }) => [exampleId, right, kept])).toEqual([
      ['a', true, true],
      ['b', false, true],
      ['c', true, false],
    ]);
    expect(output.evidence).toMatchObject({ size: 2, right: 1 });
  });

  test('has of a dear champion only what its few fold models can answer unseen', async () => {
    const records = many(10);
    const dear = { champion: { folds: foldModels(5, [0, 1]) } };
    const { evidence } = await split(records, dear);
    expect(evidence.map(({ folds }) => folds[0])).toEqual([0, 1, 2, 3]);
    expect((await split(records)).evidence).toHaveLength(10);
  });

  test('has nothing that trains everywhere or is for the report', async () => {
    const { evidence } = await split([
      sampleRecord('first', { folds: [], use: 'none' }),
      sampleRecord('report', { folds: [...Array(10).keys()], use: 'report' }),
    ]);
    expect(evidence).toEqual([]);
  });
});

describe('what the diagnosis reads', () => {
  test('is what may train, of the groups for discovery, in shards; every record has its part', async () => {
    const { shards, records, output } = await split(
      [
        ...many(60),
        ...many(60, fails, 'f'),
        sampleRecord('report', { use: 'report', ...fails }),
        sampleRecord('suspect', { triage: suspect, ...fails }),
        sampleRecord('nowhere', { use: 'none', folds: [...Array(10).keys()], ...fails }),
      ],
      { settings: { shardSize: 20 } },
    );
    expect(records).toHaveLength(123);
    const discovered = new Set(records.filter(({ part }) => part === 'discovery').map(({ traceId }) => traceId));
    const usable = (id: string) => discovered.has(id) && !['report', 'suspect', 'nowhere'].includes(id);
    const inShards = shards.flat().map(({ traceId }) => traceId);
    expect(inShards).toEqual(records.map(({ traceId }) => traceId).filter(usable));
    expect(shards.length).toBeGreaterThan(2);
    expect(records.some(({ part }) => part === 'probing')).toBe(true);
    expect(output.failures).toBe(60);
  });

  test('has near-duplicates in one part', async () => {
    const { records } = await split(many(40, { groupId: 'one group' }));
    expect(new Set(records.map(({ part }) => part)).size).toBe(1);
  });
});

describe('a rollback by a person', () => {
  const judge = { kind: 'human', id: 'ana', reason: '' } as const;
  const byPerson = { judgement: { verdict: 'pass', expected: labelOutput('spam'), judge } } as const;
  const settings = { enoughFailures: 20, enoughRecords: 50 };
  const records = [...many(30), ...many(20, fails, 'f'), ...many(2, byPerson, 'h')];

  test('ends the run before training while people have judged nothing else', async () => {
    const { people } = (await split(records, { settings })).output;
    const rolledBack = [{ checkpointId: 'new', by: 'ana', reason: 'complaints', at: '2026-01-01T00:00:00Z', people }];
    const again = await split(records, { settings, rolledBack });
    expect(again.output).toMatchObject({
      enoughEvidence: false,
      reason: "Rolled back by ana: complaints (checkpoint new). No person's judgement has changed the evidence since.",
      keptOut: { checkpointId: 'new', by: 'ana', reason: 'complaints' },
    });
    const moreTraffic = await split([...records, ...many(60, {}, 'more')], { settings, rolledBack });
    expect(moreTraffic.output.enoughEvidence).toBe(false);
    const judgedAnew = await split([...records, ...many(1, byPerson, 'anew')], { settings, rolledBack });
    expect(judgedAnew.output).toMatchObject({ enoughEvidence: true, keptOut: null });
  });
});

describe('the evidence is enough', () => {
  test('with twenty failures and fifty records, and says else what is missing', async () => {
    const settings = { enoughFailures: 20, enoughRecords: 50 };
    const enough = await split([...many(30), ...many(20, fails, 'f')], { settings });
    expect(enough.output).toMatchObject({ enoughEvidence: true, reason: null, failures: 20 });
    const passes = await split([...many(31), ...many(19, fails, 'f')], { settings });
    expect(passes.output).toMatchObject({
      enoughEvidence: false,
      reason: 'Too little evidence: 19 failures after triage with a known right answer, 20 are needed.',
    });
    const both = await split([...many(20), ...many(3, { triage: suspect }, 's')], { settings });
    expect(both.output.reason).toBe(
      'Too little evidence: 0 failures after triage with a known right answer, 20 are needed; 20 records of evidence, 50 are needed.',
    );
  });
});

describe('the evidence is not enough', () => {
  const settings = { enoughFailures: 20, enoughRecords: 50 };
  const enough = [...many(30), ...many(20, fails, 'f')];

  test('where the budget did not cover the answers of the champion', async () => {
    const { output } = await split(enough, { settings, notAsked: 1_200, budgetUsd: 5 });
    expect(output).toMatchObject({ enoughEvidence: false });
    expect(output.reason).toBe(
      'The budget of $5 does not cover the champion’s answers: it was asked about 50 of 1,250 traces, and about 1,200 not. ' +
        'Run again with a larger --budget, or without one; ratchet run --plan tells the most that a run may cost.',
    );
    expect((await split(enough, { settings, notAsked: 1 })).output.reason).toMatch(/^The budget does not cover .* 51 /);
  });

  test('where nothing is about what a label of the champion was split into', async () => {
    const parts = ['chain', 'hoax', 'invite', 'lottery', 'news', 'offer', 'reply'];
    const change: LabelChange = { how: 'split', from: 'ham', into: parts };
    const model: Partial<Model> = {
      task: classificationTask(['spam', ...parts]),
      changes: [{ what: 'labels', at: '2026-01-01T00:00:00Z', by: 'ana', change }],
    };
    const about = (label: string, use: 'evidence' | 'report' = 'evidence') =>
      sampleRecord(`about ${label}`, { expected: labelOutput(label), use });
    const reasonOf = async (records: readonly TriagedRecord[]) =>
      (await split([...enough, ...records], { settings, model })).output.reason;
    expect(await reasonOf([about('chain')])).toBe(
      'Too little evidence: no example of hoax, invite, lottery, news, offer and 1 more since the split.',
    );
    expect(await reasonOf([about('chain'), about('reply')])).toBe(
      'Too little evidence: no example of hoax, invite, lottery, news, offer since the split.',
    );
    expect(await reasonOf([...parts.slice(1).map((label) => about(label)), about('chain', 'report')])).toContain(
      'no example of chain since',
    );
    expect(await reasonOf(parts.map((label) => about(label)))).toBeNull();
  });

  test('where nobody can tell whether answers are right, and then how many', async () => {
    const undecided = many(3, { verdict: 'unknown' }, 'u');
    const model = { task: generationSpecFrom({ options: { checker: 'judge' } }), judge: 'rule' };
    const records = [...enough.slice(1), ...undecided, ...many(2, { verdict: 'unknown', judgement: null }, 'n')];
    const reasonOf = async (change: Partial<Model>, given = records) =>
      (await split(given, { settings, model: change })).output.reason;
    expect(await reasonOf(model)).toBe(
      'Too little evidence: 49 records of evidence, 50 are needed; 3 judged traces are undecided, ' +
        'as the judge rule cannot tell whether another answer than the right one is as good (--judge llm could).',
    );
    expect(await reasonOf(model, enough.slice(1))).toBe('Too little evidence: 49 records of evidence, 50 are needed.');
    expect(await reasonOf({})).toBe('Too little evidence: 49 records of evidence, 50 are needed.');
    expect(await reasonOf(model, [...enough, ...undecided])).toBeNull();
  });
});

describe('a trainer whose trainings are dear', () => {
  const settings = { enoughFailures: 20, enoughRecords: 50 };
  const decoder = { cost: 'dear', foldModels: 1, first: () => [{}] } as const;
  // Of 200 records the fifth of 40 that has a fold model.
  const records = [...many(100), ...many(100, fails, 'f')];

  test('trains nothing where too little lies in the parts that it has fold models for, and says how much more is needed', async () => {
    const { output } = await split(records, { settings, trainer: decoder });
    expect(output).toMatchObject({ enoughEvidence: false, evidence: { size: 200, more: 50 } });
    expect(output.reason).toBe(
      'Too little evidence: 40 of 200 records of evidence are in the one part of 5 that embedded trains a fold model for, 50 are needed: about 50 judged traces more.',
    );
    const few = await split(records.slice(90, 150), { settings, trainer: { ...decoder, foldModels: 2 } });
    expect(few.output.reason).toContain('24 of 60 records of evidence are in the 2 parts of 5 that embedded trains');
    expect(few.output.evidence.more).toBe(65);
  });

  test('trains where there is enough in them, of what triage kept', async () => {
    const more = [...records, ...many(50, fails, 'g')];
    const enough = await split(more, { settings, trainer: decoder });
    expect(enough.output).toMatchObject({ enoughEvidence: true, reason: null });
    expect(enough.output.evidence.more).toBeUndefined();
    const held = await split([...more.slice(1), sampleRecord('t0', { folds: [0], triage: suspect })], {
      settings,
      trainer: decoder,
    });
    expect(held.output.reason).toContain('49 of 249 records');
    expect((await split(records, { settings, trainer: { ...decoder, foldModels: 2 } })).output.enoughEvidence).toBe(
      true,
    );
  });

  test('is not held back where trainings are cheap, where there is a fold model of every part, or nothing trains', async () => {
    for (const trainer of [
      { ...decoder, cost: 'cheap' },
      { ...decoder, foldModels: 'all' },
      { ...decoder, first: () => [] },
      { ...decoder, foldModels: 0, first: () => [] },
    ] as const)
      expect((await split(records, { settings, trainer })).output).toMatchObject({
        enoughEvidence: true,
        reason: null,
      });
  });
});
