import { describe, expect, test } from 'vitest';
import { chooseCheckpoint } from '../../../shared/operations/choose-checkpoint.ts';
import { type CreateRequest, createModel } from '../../../shared/operations/create-model.ts';
import { readLedger } from '../../../shared/operations/fold-ledger.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { embeddedModel } from '../../helpers/training.ts';
import { bytesOf } from '../intake/bytes.ts';

const fourExamples = [
  { input: 'win a prize', output: 'spam' },
  { input: 'cheap pills', output: 'spam' },
  { input: 'notes of the meeting', output: 'ham' },
  { input: 'lunch at noon', output: 'ham' },
];
const jsonl = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');

function request(over: Partial<Omit<CreateRequest, 'examples'>> & { examples?: string | null } = {}): CreateRequest {
  const { examples = jsonl(fourExamples), ...rest } = over;
  return {
    modelId: 'mail',
    task: 'classification',
    labels: [],
    ...embeddedModel,
    settings: {},
    seed: 1,
    by: 'ana@desk',
    examples: examples === null ? null : bytesOf(examples),
    ...rest,
  };
}

describe('createModel', () => {
  test('registers the model, trains the first checkpoint and makes it the champion', async () => {
    const ports = memoryPorts();
    const { model, checkpoint, dataset } = await createModel(request(), ports);
    expect(model.task).toEqual(classificationTask(['ham', 'spam']));
    expect(checkpoint).toMatchObject({
      parentId: null,
      datasetId: dataset?.datasetId,
      trainer: 'embedded',
      runId: null,
    });
    expect(checkpoint?.served.ref).toBe(`models/mail/checkpoints/${checkpoint?.checkpointId}/artifact.bin`);
    expect(await chooseCheckpoint('mail', null, ports)).toEqual(checkpoint);
    const control = await ports.lineage.getControl('mail');
    expect(control?.moves).toMatchObject([
      { kind: 'create', from: null, to: checkpoint?.checkpointId, by: 'ana@desk' },
    ]);
  });

  test('writes the examples as plain gold of the file, with their lines', async () => {
    const ports = memoryPorts();
    const { dataset } = await createModel(request({ examples: `\n${jsonl(fourExamples)}` }), ports);
    const lines = new TextDecoder()
      .decode(await ports.objects.get(dataset?.key ?? ''))
      .trim()
      .split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      slice: 'gold',
      weight: 1,
      provenance: { kind: 'file', line: 2 },
    });
    expect(lines).toHaveLength(4);
  });

  test('enters every trained input in the ledger of folds, as what trains everywhere', async () => {
    const ports = memoryPorts();
    const { model } = await createModel(request(), ports);
    const ledger = await readLedger('mail', model.splitSalt, null, ports);
    expect(ledger).toHaveLength(4);
    expect(ledger.every((entry) => entry.folds.length === 0 && entry.use === 'none')).toBe(true);
  });

  test('names the same checkpoint for the same examples and seed, another for another seed', async () => {
    const ids = await Promise.all(
      [1, 1, 2].map(async (seed) => (await createModel(request({ seed }), memoryPorts())).checkpoint?.checkpointId),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  test('joins the labels given with those of the examples, and notes which have no example', async () => {
    const { model, dataset } = await createModel(request({ labels: ['phishing', 'ham'] }), memoryPorts());
    expect(model.task).toEqual(classificationTask(['ham', 'phishing', 'spam']));
    expect(dataset?.manifest.notes).toEqual(['no example of: phishing']);
  });

  test('takes labels given by hand that differ only in how they are written for one, and says so', async () => {
    const given = { labels: ['A', 'a', 'b'], examples: null };
    const { model, labelNotes } = await createModel(request(given), memoryPorts());
    expect(model.task).toEqual(classificationTask(['A', 'b']));
    expect(labelNotes).toEqual([
      '"a" read as "A"',
      'labels that differ only in case, blanks or Unicode form are one; --keep-label-variants keeps them apart',
    ]);
    const apart = await createModel(request({ ...given, keepVariants: true }), memoryPorts());
    expect(apart.model.task).toEqual(classificationTask(['A', 'a', 'b']));
    expect(apart.labelNotes).toEqual([]);
  });

  test('passes over bad lines with their number and reason', async () => {
    const bad: unknown[] = [];
    const examples = [
      jsonl(fourExamples),
      '{',
      '{"input":"x"}',
      '{"input":" ","output":"ham"}',
      '{"input":"win a prize","output":"ham"}',
    ];
    const result = await createModel(
      request({ examples: examples.join('\n'), onBadLine: ({ line, reason }) => bad.push([line, reason]) }),
      memoryPorts(),
    );
    expect(result.refused).toBe(4);
    expect(bad).toEqual([
      [5, expect.stringContaining('not JSON')],
      [6, expect.stringContaining('"output"')],
      [7, expect.stringContaining('empty')],
      [8, expect.stringContaining('line 1')],
    ]);
  });

  test('leaves repeated lines out', async () => {
    const { dataset } = await createModel(
      request({ examples: jsonl([...fourExamples, ...fourExamples]) }),
      memoryPorts(),
    );
    expect(dataset?.manifest).toMatchObject({ examples: 4, leftOut: { duplicate: 4 } });
  });

  test.each([
    ['no usable example', { examples: 'x\ny' }],
    ['an empty file', { examples: '' }],
    ['one label only', { examples: jsonl([{ input: 'a', output: 'ham' }]) }],
    ['no labels at all', { examples: null }],
    ['a name that is a path', { modelId: '../x' }],
    ['a setting out of bounds', { settings: { targetScore: 2 } }],
  ])('refuses %s and registers nothing', async (_what, over) => {
    const ports = memoryPorts();
    expect((await rejection(createModel(request(over), ports))).name).toBe('InvalidInput');
    expect(await ports.lineage.listModels()).toEqual([]);
  });

  test.each([
    ['trainer', { name: 'entities', tasks: ['made-up-entities'] }],
    ['predictor', { name: 'entities', tasks: ['made-up-entities'] }],
  ])('refuses a %s that does not serve the task and registers nothing', async (what, facts) => {
    const plain = memoryPorts();
    const known = { trainers: new Map(plain.trainers), predictors: new Map(plain.predictors) };
    for (const trainer of plain.trainers.values()) known.trainers.set(facts.name, { ...trainer, ...facts });
    for (const predictor of plain.predictors.values()) known.predictors.set(facts.name, { ...predictor, ...facts });
    const ports = { ...plain, ...known };
    const backEnds = { ...embeddedModel.backEnds, [what]: facts.name };
    const { name, mend } = await rejection(createModel(request({ backEnds }), ports));
    expect([name, mend]).toEqual(['InvalidInput', `Use ${what} embedded.`]);
    expect(await ports.lineage.listModels()).toEqual([]);
  });

  test('trains a model that is registered already with its own back ends and options', async () => {
    const plain = memoryPorts();
    const trainers = new Map(plain.trainers);
    for (const trainer of plain.trainers.values()) trainers.set('other', { ...trainer, name: 'other' });
    const ports = { ...plain, trainers };
    const backEnds = { ...embeddedModel.backEnds, trainer: 'other' };
    await createModel(request({ labels: ['ham', 'spam'], examples: null, backEnds }), ports);
    trainers.delete('embedded');
    const { checkpoint } = await createModel(request({ trainerOptions: {} }), ports);
    expect(checkpoint).toMatchObject({ trainer: 'other', configuration: { foundation: 'none' } });
  });

  test('refuses a name that is taken', async () => {
    const ports = memoryPorts();
    await createModel(request(), ports);
    expect((await rejection(createModel(request(), ports))).name).toBe('ModelExists');
  });

  test('registers a model without examples, and trains its first checkpoint when they come', async () => {
    const ports = memoryPorts();
    const first = await createModel(request({ labels: ['ham', 'spam'], examples: null }), ports);
    expect(first.checkpoint).toBeNull();
    expect((await rejection(chooseCheckpoint('mail', null, ports))).name).toBe('NoChampion');
    const bad: number[] = [];
    const examples = jsonl([...fourExamples, { input: 'x', output: 'eggs' }]);
    const second = await createModel(request({ examples, onBadLine: ({ line }) => bad.push(line) }), ports);
    expect(second.model).toEqual(first.model);
    expect(bad).toEqual([5]);
    expect((await chooseCheckpoint('mail', null, ports)).checkpointId).toBe(second.checkpoint?.checkpointId);
  });
});
