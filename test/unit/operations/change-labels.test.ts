import { beforeEach, describe, expect, test } from 'vitest';
import type { Output } from '../../../shared/domain/base/output.ts';
import { takeLease } from '../../../shared/domain/models/control.ts';
import { changeLabels, type LabelWish } from '../../../shared/operations/change-labels.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { madeUpEntities } from '../../helpers/made-up-entities.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';
import { embeddedModel } from '../../helpers/training.ts';
import { bytesOf } from '../intake/bytes.ts';

const modelId = 'm1';
let ports: MemoryPorts;

const change = (wish: LabelWish, dryRun = false) => changeLabels({ modelId, wish, by: 'ana', dryRun }, ports);
const current = async () => (await ports.lineage.getModel(modelId)) ?? expect.fail('no model');

/** Traces of these right labels, judged by a person. */
async function judge(...expected: readonly string[]): Promise<void> {
  await ports.traceLog.append(modelId, 'day1', {
    traces: expected.map((_, at) =>
      sampleTrace({ traceId: `t${at}`, input: `text ${at}`, output: labelOutput('ham') }),
    ),
    judgements: expected.map((label, at) =>
      sampleJudgement({
        judgementId: `j${at}`,
        traceId: `t${at}`,
        verdict: label === 'ham' ? 'pass' : 'fail',
        expected: labelOutput(label) as Output,
      }),
    ),
  });
}

beforeEach(async () => {
  ports = memoryPorts();
  const lines = [
    '{"input":"win","output":"spam"}',
    '{"input":"lunch","output":"ham"}',
    '{"input":"notes","output":"ham"}',
  ];
  const request = { modelId, task: 'classification', labels: ['phishing'], ...embeddedModel, seed: 1, by: 'ana' };
  await createModel({ ...request, settings: { critical: ['spam'] }, examples: bytesOf(lines.join('\n')) }, ports);
});

describe('changing labels', () => {
  test('counts what is on record of each label, and what is held for labels that are not there', async () => {
    await judge('ham', 'spam', 'spam', 'junk', 'Spam', 'junk');
    const { before, after } = await change({ how: 'merge', labels: ['Spam'], into: 'spam' });
    expect(before).toEqual({
      labels: [
        { label: 'ham', examples: 2, judged: 1 },
        { label: 'phishing', examples: 0, judged: 0 },
        { label: 'spam', examples: 1, judged: 2 },
      ],
      held: [
        { label: 'junk', judged: 2, nearest: null },
        { label: 'Spam', judged: 1, nearest: 'spam' },
      ],
      leftOpen: { examples: 0, judged: 0 },
    });
    expect(after.labels).toContainEqual({ label: 'spam', examples: 1, judged: 3 });
    expect(after.held).toEqual([{ label: 'junk', judged: 2, nearest: null }]);
    expect((await current()).changes).toMatchObject([
      { by: 'ana', what: 'labels', change: { how: 'merge', labels: ['spam'], aliases: ['Spam'], into: 'spam' } },
    ]);
  });

  test('records how many judged traces it lets in, and nothing where it lets in none', async () => {
    await judge('ham', 'spam', 'junk', 'junk');
    await change({ how: 'add', labels: ['scam'] });
    await change({ how: 'add', labels: ['junk'] });
    const [scam, junk] = (await current()).changes;
    expect(scam).not.toHaveProperty('letIn');
    expect(junk).toHaveProperty('letIn', { judged: 2, failed: 2 });
  });

  test('only says what would change when it is tried', async () => {
    await judge('junk');
    const before = await current();
    const { model, after } = await change({ how: 'add', labels: ['junk'] }, true);
    expect(model.task).toMatchObject({ labels: ['ham', 'junk', 'phishing', 'spam'] });
    expect(after.labels).toContainEqual({ label: 'junk', examples: 0, judged: 1 });
    expect(await current()).toEqual(before);
  });

  test.each<[string, LabelWish, string[]]>([
    ['a rename', { how: 'rename', from: 'spam', to: 'junk' }, ['junk']],
    ['a merge', { how: 'merge', labels: ['spam', 'phishing'], into: 'bad' }, ['bad']],
    ['a split', { how: 'split', from: 'spam', into: ['advert', 'scam'] }, ['advert', 'scam']],
    ['labels that are added', { how: 'add', labels: ['scam'] }, ['spam']],
  ])('lets critical labels follow %s', async (_what, wish, critical) => {
    await change(wish);
    expect((await current()).settings.critical).toEqual(critical);
  });

  test('leaves open the examples and judgements of a label that is split', async () => {
    await judge('spam', 'ham', 'spam');
    const { after } = await change({ how: 'split', from: 'spam', into: ['advert', 'scam'] });
    expect(after.leftOpen).toEqual({ examples: 1, judged: 2 });
    expect(after.held).toEqual([]);
    expect(after.labels.map(({ label }) => label)).toEqual(['advert', 'ham', 'phishing', 'scam']);
  });

  test.each<[string, LabelWish, string, string]>([
    ['what no label is like', { how: 'rename', from: 'eggs', to: 'x' }, '"eggs" is none', 'ratchet labels MODEL'],
    ['a misspelt label', { how: 'rename', from: 'pishing', to: 'x' }, 'none of the model', 'nearest one is "phishing"'],
    [
      'an alias that nobody uses',
      { how: 'merge', labels: ['junk'], into: 'spam' },
      'no judgement says it',
      'See which',
    ],
    ['a target that is not there', { how: 'merge', labels: ['junk'], into: 'sspam' }, '', 'nearest one is "spam"'],
  ])('refuses %s', async (_what, wish, message, mend) => {
    if (_what.startsWith('a target')) await judge('junk');
    const fault = await rejection(change(wish));
    expect(fault.name).toBe('InvalidInput');
    expect(fault.message).toContain(message);
    expect(fault).toHaveProperty('mend', expect.stringContaining(mend));
    expect((await current()).revision).toBe(0);
  });

  test('is refused while a run is active, but for added labels and for a try', async () => {
    await updateControl(modelId, ports, (control) => {
      const answer = takeLease(control, { runId: 'r1', owner: 'o', now: ports.clock.now(), minutes: 15 });
      return answer.granted ? answer.next : null;
    });
    const rename: LabelWish = { how: 'rename', from: 'spam', to: 'junk' };
    expect((await rejection(change(rename))).name).toBe('LeaseHeld');
    expect((await change(rename, true)).model.task).toMatchObject({ labels: ['ham', 'junk', 'phishing'] });
    await change({ how: 'add', labels: ['scam'] });
    expect((await current()).task).toMatchObject({ labels: ['ham', 'phishing', 'scam', 'spam'] });
    ports.clock.advance(16 * 60_000);
    await change(rename);
    expect((await current()).revision).toBe(2);
  });

  test('is refused for a kind of task that knows no changes', async () => {
    const tasks = new Map([...ports.tasks, [madeUpEntities.kind, madeUpEntities]]);
    ports = { ...ports, tasks: tasks as MemoryPorts['tasks'] };
    const model = await current();
    await ports.lineage.createModel({
      ...model,
      modelId: 'entities',
      task: madeUpEntities.specFrom({ labels: ['city'], outputs: [] }),
    });
    const wish: LabelWish = { how: 'add', labels: ['river'] };
    const fault = await rejection(changeLabels({ modelId: 'entities', wish, by: 'ana', dryRun: false }, ports));
    expect(fault.message).toBe('The entity types of a task of the kind made-up-entities cannot be changed.');
  });
});
