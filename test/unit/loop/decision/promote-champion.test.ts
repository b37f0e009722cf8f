import { describe, expect, it } from 'vitest';
import { digest } from '../../../../shared/domain/base/ids.ts';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import { type EvaluationAnswer, evaluationItemSchema } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import type { Model } from '../../../../shared/domain/models/model.ts';
import { promoteChampion } from '../../../../shared/loop/decision/promote-champion.ts';
import { gateFileKey } from '../../../../shared/loop/engine/gate-file.ts';
import type { DecisionRef } from '../../../../shared/loop/state/decision.ts';
import { updateControl } from '../../../../shared/operations/control-item.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import type { Deployer } from '../../../../shared/ports/deployer.ts';
import { readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
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

interface Given {
  readonly model?: Partial<Model>;
  readonly evidence?: readonly EvidenceRecord[];
  readonly answers?: readonly EvaluationAnswer[];
  readonly deployer?: Deployer;
}

async function prepared(given: Given = {}) {
  const { deployer } = given;
  const ports = { ...memoryPorts(), ...(deployer !== undefined && { deployer }) };
  const plan = await putPlan(ports, { model: sampleModel(given.model) });
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'new' }));
  await updateControl('m1', ports, (control) =>
    moveChampion(control, { at: '', to: plan.champion.checkpointId, kind: 'create', by: 'ana', reason: '' }),
  );
  await writeJsonl(ports.objects, 'evidence', given.evidence ?? evidence);
  await writeJsonl(ports.objects, 'answers', given.answers ?? answers);
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

  it('is brought to where the model is deployed', async () => {
    const deployed: (readonly [string, string])[] = [];
    const { promote } = await prepared({
      model: { deployTo: '/models/here' },
      deployer: {
        problem: () => null,
        deploy: async (target, { checkpointId }) => {
          deployed.push([target, checkpointId]);
        },
      },
    });
    await promote();
    expect(deployed).toEqual([['/models/here', 'new']]);
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

  it('is on record with who, when and why, and with the share of traffic that a canary gets', async () => {
    const { settings } = sampleModel();
    for (const [afterPromotion, share] of [
      ['canary', 0.2],
      ['shadow', null],
    ] as const) {
      const { ports, promote, frozen } = await prepared({
        model: { settings: { ...settings, afterPromotion, canaryShare: 0.2 } },
      });
      expect(await promote()).toEqual({ championId: 'new', frozenSets: [(await frozen()).set?.setId] });
      expect((await ports.lineage.getControl('m1'))?.moves.at(-1)).toEqual({
        at: new Date(ports.clock.now()).toISOString(),
        from: 'c1',
        to: 'new',
        kind: 'promote',
        by: 'r1',
        reason: 'It gains.',
        people: 'p',
        watch: { share },
      });
      const { set } = await frozen();
      const key = 'models/m1/evaluation-sets/new/r1/records.v1.jsonl';
      expect(set).toMatchObject({ modelId: 'm1', key, createdAt: '2026-01-01T00:00:00.000Z' });
      expect(set?.digest).toBe(digest((await ports.objects.get(key)) ?? new Uint8Array()));
    }
  });

  it('is refused where somebody else has promoted the same in between', async () => {
    const { ports, promote } = await prepared();
    await updateControl('m1', ports, (control) =>
      moveChampion(control, { at: '', to: 'new', kind: 'promote', by: 'r0', reason: '' }),
    );
    expect(await rejection(promote())).toMatchObject({
      name: 'ChampionMoved',
      message: 'The run measured against c1, but the champion is new by now.',
    });
  });

  it('freezes nothing of answers that nobody could judge, and who judged the others', async () => {
    const { promote, frozen } = await prepared({
      evidence: [sampleEvidence('kept', { fromJudge: true }), sampleEvidence('open'), sampleEvidence('left')],
      answers: [
        { exampleId: 'kept', output: spam, confidence: 0.9, right: true },
        { exampleId: 'open', output: ham, confidence: 0.9, right: false, undecided: true },
        { exampleId: 'left', output: ham, confidence: 0.9, right: false, leftOut: true },
      ],
    });
    await promote();
    expect((await frozen()).items).toEqual([
      { exampleId: 'kept', input: 'text of kept', expected: 'spam', right: true, fromJudge: true },
    ]);
  });

  it('freezes what of an answer is right, where it has parts', async () => {
    const task = generationSpecFrom({ options: { checker: 'json' } });
    const expected = asOutput({ a: 1, b: 2 });
    const { promote, frozen } = await prepared({
      model: { task },
      evidence: [sampleEvidence('kept', { expected }), sampleEvidence('half', { expected })],
      answers: [
        { exampleId: 'kept', output: expected, confidence: 0.9, right: true },
        { exampleId: 'half', output: asOutput({ a: 1, b: 3 }), confidence: 0.9, right: false },
      ],
    });
    await promote();
    expect((await frozen()).items.map(({ exampleId, credit }) => [exampleId, credit])).toEqual([
      ['kept', 1],
      ['half', 0.5],
    ]);
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
        message: expect.stringMatching(
          /^Candidate (?:i1-c1|i1-c9|\(none\)) of run r1 was to be promoted, but the gate of iteration \d has not weighed it\.$/,
        ),
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
