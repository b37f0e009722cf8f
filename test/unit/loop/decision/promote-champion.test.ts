import { describe, expect, it } from 'vitest';
import { evaluationItemSchema } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import { promoteChampion } from '../../../../shared/loop/decision/promote-champion.ts';
import { gateFileKey } from '../../../../shared/loop/engine/gate-file.ts';
import type { DecisionRef } from '../../../../shared/loop/state/decision.ts';
import { updateControl } from '../../../../shared/operations/control-item.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { gated, type Made } from '../../../helpers/gated-candidate.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');
const evidence = [
  sampleEvidence('kept', { right: false, answer: ham }),
  sampleEvidence('lost', { folds: [3] }),
  sampleEvidence('suspect', { kept: false }),
  sampleEvidence('seen', { folds: [9] }),
];
const answers = [
  { exampleId: 'kept', output: spam, confidence: 0.9, right: true },
  { exampleId: 'lost', output: ham, confidence: 0.9, right: false },
  { exampleId: 'suspect', output: spam, confidence: 0.9, right: true },
  { exampleId: 'old', output: spam, confidence: 0.9, right: true },
];

const gains: Made = { gained: 30, lost: 2, score: 0.9 };

async function prepared() {
  const ports = memoryPorts();
  const plan = await putPlan(ports);
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'new' }));
  await updateControl('m1', ports, (control) =>
    moveChampion(control, { at: '', to: plan.champion.checkpointId, kind: 'create', by: 'ana', reason: '' }),
  );
  await writeJsonl(ports.objects, 'evidence', evidence);
  await writeJsonl(ports.objects, 'answers', answers);
  const lease = await acquireLease(sampleHead.run, 'test', 15, ports);
  const chosen = { candidateId: 'i1-c1', checkpointId: 'new', key: 'candidate.json' };
  const weigh = async (how: Made) => {
    const found = { ...gated('i1-c1', how, sampleModel().settings), candidate: chosen, answersKey: 'answers' };
    await writeJson(ports.objects, gateFileKey(sampleHead.run, 1), { candidates: [found] });
  };
  await weigh(gains);
  const promote = (change: Partial<typeof lease> = {}, decided: Partial<DecisionRef> = {}) =>
    promoteChampion.run(
      {
        ...sampleHead,
        lease: { ...lease, ...change },
        prepared: samplePrepared,
        split: { evidence: { key: 'evidence', size: 3, right: 2 }, people: 'p' },
        decision: {
          next: 'promote',
          reason: 'It gains.',
          historyKey: 'history.json',
          chosen,
          answersKey: 'answers',
          iteration: { number: 1, kind: 'first', move: 'first', historyKey: null },
          ...decided,
        },
      },
      stageContext(ports),
    );
  const frozen = async () => {
    const [set] = await ports.lineage.listEvaluationSets('m1');
    return { set, items: set === undefined ? [] : await readJsonl(ports.objects, set.key, evaluationItemSchema) };
  };
  return { ports, chosen, weigh, promote, frozen };
}

describe('a promotion', () => {
  it('freezes what triage kept and the new champion answered unseen, right as its fold models had it', async () => {
    const { promote, frozen } = await prepared();
    expect(await promote()).toMatchObject({ championId: 'new' });
    const { set, items } = await frozen();
    expect(items).toEqual([
      { exampleId: 'kept', input: 'text of kept', expected: 'spam', right: true },
      { exampleId: 'lost', input: 'text of lost', expected: 'spam', right: false },
    ]);
    expect(set).toMatchObject({ name: 'records', checkpointId: 'new', runId: 'r1', version: 1, size: 2, right: 1 });
  });

  it('moves the champion once, however often it is called', async () => {
    const { ports, promote, frozen } = await prepared();
    await promote();
    const once = await frozen();
    expect(await promote()).toMatchObject({ championId: 'new' });
    const control = await ports.lineage.getControl('m1');
    expect(control?.championId).toBe('new');
    expect(control?.moves.map(({ kind }) => kind)).toEqual(['create', 'promote']);
    expect(control?.moves.at(-1)?.people).toBe('p');
    expect(await frozen()).toEqual(once);
    expect(await ports.lineage.listEvaluationSets('m1')).toHaveLength(1);
  });

  it('freezes nothing where the lease is lost or the champion was moved', async () => {
    const { ports, promote } = await prepared();
    expect((await rejection(promote({ fencingToken: 99 }))).name).toBe('LeaseLost');
    await updateControl('m1', ports, (control) =>
      moveChampion(control, { at: '', to: 'other', kind: 'rollback', by: 'ana', reason: '' }),
    );
    expect((await rejection(promote())).name).toBe('ChampionMoved');
    expect(await ports.lineage.listEvaluationSets('m1')).toEqual([]);
  });

  it('goes by what the gate has written, and not by what it is told of it', async () => {
    const { ports, chosen, weigh, promote } = await prepared();
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'other' }));
    const told: [string, Partial<DecisionRef>][] = [
      ['another checkpoint under the name of one that passed', { chosen: { ...chosen, checkpointId: 'other' } }],
      ['a candidate that the gate has not seen', { chosen: { ...chosen, candidateId: 'i1-c9' } }],
      ['none', { chosen: null }],
      ['an iteration without a gate', { iteration: { number: 2, kind: 'tune', move: 'x', historyKey: null } }],
    ];
    for (const [what, decided] of told) {
      expect(await rejection(promote({}, decided)), what).toMatchObject({
        name: 'NotPassed',
        message: expect.stringContaining('has not weighed it'),
      });
    }
    await weigh({ gained: 2, lost: 30, score: 0.7 });
    expect(await rejection(promote())).toMatchObject({
      name: 'NotPassed',
      message: expect.stringContaining('the gate says rejected'),
    });
    expect((await ports.lineage.getControl('m1'))?.moves).toHaveLength(1);
    expect(await ports.lineage.listEvaluationSets('m1')).toEqual([]);
  });

  it('freezes the answers that the gate has weighed, whichever it is told of', async () => {
    const { ports, promote, frozen } = await prepared();
    await writeJsonl(ports.objects, 'flattering', [{ ...answers[1], output: spam, right: true }]);
    await promote({}, { answersKey: 'flattering' });
    expect((await frozen()).items.map(({ exampleId, right }) => [exampleId, right])).toEqual([
      ['kept', true],
      ['lost', false],
    ]);
  });
});
