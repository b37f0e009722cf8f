import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import { whatCounts } from '../../../../shared/domain/traces/what-counts.ts';
import { changeLabels } from '../../../../shared/operations/change-labels.ts';
import { updateControl } from '../../../../shared/operations/control-item.ts';
import { modelHealth } from '../../../../shared/operations/model-health.ts';
import { type ModelDesk, ReviewDesk } from '../../../../shared/operations/review/review-desk.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

const model = sampleModel();
const { modelId } = model;

/** Five texts, two traces of each, and a judge who has said something of the first. */
async function place(change: Parameters<typeof sampleModel>[0] = {}): Promise<MemoryPorts> {
  const ports = memoryPorts();
  await ports.lineage.createModel({ ...model, ...change });
  const traces = ['win a prize now', 'lunch at noon', 'cheap pills here', 'notes of the meeting', 'free money'].flatMap(
    (input, at) => [0, 1].map((twin) => sampleTrace({ traceId: `t${at}${twin}`, input, confidence: 0.4 })),
  );
  const judgements = [
    sampleJudgement({ judgementId: 'rule', traceId: 't00', judge: { kind: 'rule', id: 'r', reason: '' } }),
  ];
  await ports.traceLog.append(modelId, 'traffic', { traces, judgements });
  return ports;
}

const deskOf = (ports: MemoryPorts): Promise<ModelDesk> => new ReviewDesk(ports, async () => null).of(modelId);

async function standing(ports: MemoryPorts): Promise<readonly Judgement[]> {
  const logged = await ports.traceLog.read(modelId, { limit: 100 });
  return logged.flatMap(({ judgements }) => judgements).toSorted((a, b) => (a.judgementId < b.judgementId ? -1 : 1));
}

/** What counts of each trace; not when it was said. */
async function counting(ports: MemoryPorts) {
  const logged = await ports.traceLog.read(modelId, { limit: 100 });
  return logged.map((one) => {
    const found = whatCounts(one, model.task, classification);
    const said =
      found.kind === 'counts' ? [found.judgement.verdict, found.judgement.expected, found.judgement.judge.kind] : [];
    return [one.trace.traceId, found.kind, ...said];
  });
}

const traceIds = ['t00', 't01', 't10', 't11', 't20', 't30', 't31', 't40'];
const reviewers = ['ana', 'ben'];
const action = fc.record({
  do: fc.constant('act' as const),
  reviewer: fc.constantFrom(...reviewers),
  kind: fc.constantFrom('accept' as const, 'correct' as const, 'reject' as const, 'defer' as const),
  traceIds: fc.uniqueArray(fc.constantFrom(...traceIds), { minLength: 1, maxLength: 4 }),
  label: fc.constantFrom('spam', 'ham'),
  propagate: fc.boolean(),
});
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
const undo = fc.record({
  do: fc.constant('undo' as const),
  reviewer: fc.constantFrom(...reviewers),
  /** Of the actions so far this one; null for the latest. */
  which: fc.option(fc.nat(9)),
});
const begun = fc.record({ do: fc.constant('begin anew' as const) });

function act(desk: ModelDesk, { reviewer, kind, traceIds: ids, label, propagate }: Action, at: number) {
  return desk.act({
    ...{ reviewer, kind, propagate, clientId: `c${at}`, cards: [{ cardId: 'card', traceIds: ids }] },
    ...(kind === 'correct' ? { expected: label } : {}),
  });
}

describe('what reviewers do and undo', () => {
  it('leaves the log with what the actions said that are not undone, and nothing else, though servers begin anew', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: action },
      { weight: 3, arbitrary: undo },
      { weight: 1, arbitrary: begun },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const ports = await place();
        const before = await standing(ports);
        let desk = await deskOf(ports);
        const made: { actionId: string; reviewer: string; judgements: readonly Judgement[]; undone: boolean }[] = [];
        for (const [at, one] of steps.entries()) {
          ports.clock.advance(1_000);
          const known = new Set((await standing(ports)).map(({ judgementId }) => judgementId));
          if (one.do === 'begin anew') desk = await deskOf(ports);
          else if (one.do === 'act') {
            const { actionId, judged, propagated } = await act(desk, one, at);
            const judgements = (await standing(ports)).filter(({ judgementId }) => !known.has(judgementId));
            expect(judgements).toHaveLength(judged + propagated);
            made.push({ actionId, reviewer: one.reviewer, judgements, undone: false });
          } else {
            const open = made.filter(({ reviewer, undone }) => reviewer === one.reviewer && !undone);
            const named = one.which === null ? undefined : made[one.which];
            const meant = one.which === null ? open.at(-1) : open.find((mine) => mine === named);
            if (one.which !== null && named === undefined) continue;
            const found = await desk.undo(one.reviewer, named?.actionId ?? null);
            expect(found?.actionId).toBe(meant?.actionId);
            if (meant !== undefined) meant.undone = true;
          }
        }
        const left = made.flatMap(({ undone, judgements }) => (undone ? [] : judgements));
        const wanted = [...before, ...left].toSorted((a, b) => (a.judgementId < b.judgementId ? -1 : 1));
        expect(await standing(ports)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('comes to what the actions alone would have come to that are not undone', async () => {
    const steps = fc.array(fc.record({ action, isUndone: fc.boolean() }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const [ports, alone] = [await place(), await place()];
        const [desk, other] = [await deskOf(ports), await deskOf(alone)];
        const plain = all.map((one) => ({ ...one, action: { ...one.action, propagate: false } }));
        for (const [at, one] of plain.entries()) {
          for (const { clock } of [ports, alone]) clock.advance(1_000);
          const { actionId } = await act(desk, one.action, at);
          if (one.isUndone) await desk.undo(one.action.reviewer, actionId);
          else await act(other, one.action, at);
        }
        expect(await counting(ports)).toEqual(await counting(alone));
        expect(await cardsOf(desk)).toEqual(await cardsOf(other));
      }),
      { numRuns: 40 },
    );
  });
});

describe('what starts a run', () => {
  it('counts what reviewers said and did not take back', async () => {
    const ports = await place({ settings: { ...model.settings, runAfterFailures: 3 } });
    await ports.lineage.putCheckpoint(sampleCheckpoint());
    const at = new Date(ports.clock.now()).toISOString();
    await updateControl(modelId, ports, (control) =>
      moveChampion(control, { at, to: 'c1', kind: 'create', by: 'ana', reason: 'first' }),
    );
    const desk = await deskOf(ports);
    const health = async () => {
      const { sinceLastRun, next } = await modelHealth(modelId, ports);
      return { failed: sinceLastRun.failed, due: next.due };
    };
    expect(await health()).toEqual({ failed: 1, due: false });
    for (const traceId of ['t10', 't20']) {
      const cards = [{ cardId: 'card', traceIds: [traceId] }];
      await desk.act({ reviewer: 'ana', kind: 'reject', propagate: false, clientId: traceId, cards });
    }
    expect(await health()).toEqual({ failed: 3, due: true });
    await desk.undo('ana', null);
    expect(await health()).toEqual({ failed: 2, due: false });
    await desk.undo('ana', null);
    expect(await health()).toEqual({ failed: 1, due: false });
  });
});

const everything = { reviewer: null, limit: 100, after: null, label: null, reason: null };

/** All cards, without the times at which it was said: an undo takes a tick of the clock too. */
async function cardsOf(desk: ModelDesk) {
  const { cards } = await desk.queue(everything);
  return cards.map(({ reviews, ...card }) => ({ ...card, reviews: reviews.map(({ at: _at, ...review }) => review) }));
}

describe('what propagates', () => {
  const correct = (desk: ModelDesk, clientId: string, traceId = 't10', label = 'ham') =>
    desk.act({
      reviewer: 'ana',
      kind: 'correct',
      expected: label,
      propagate: true,
      clientId,
      cards: [{ cardId: 'c', traceIds: [traceId] }],
    });

  it('goes to what has the same words, as the lowest kind of judgement, and never onto what somebody judged', async () => {
    const ports = await place();
    const desk = await deskOf(ports);
    expect(await correct(desk, 'one')).toMatchObject({ judged: 1, propagated: 1 });
    const [twin] = await ports.traceLog.read(modelId, { limit: 1, traceIds: ['t11'] });
    expect(twin?.judgements).toMatchObject([
      {
        verdict: 'fail',
        expected: 'ham',
        judge: { kind: 'propagated', id: 'ana', reason: expect.stringContaining('similarity 1.00') },
      },
    ]);
    // A rule has judged t00.
    expect(await correct(desk, 'two', 't01')).toMatchObject({ judged: 1, propagated: 0 });
    // So has a person t10 by now.
    expect(await correct(desk, 'three', 't11')).toMatchObject({ judged: 1, propagated: 0 });
  });

  it('goes with the correction that it came of, though it was carried over to again', async () => {
    const ports = await place();
    const desk = await deskOf(ports);
    await correct(desk, 'one');
    await desk.act({
      reviewer: 'ben',
      kind: 'accept',
      propagate: false,
      clientId: 'x',
      cards: [{ cardId: 'c', traceIds: ['t11'] }],
    });
    expect(await desk.undo('ana', null)).toMatchObject({ judgements: 2 });
    expect(await standing(ports)).toMatchObject([{ judge: { kind: 'human', id: 'ben' } }, { judgementId: 'rule' }]);
  });

  it('is off the queue, but for what was taken at random', async () => {
    const ports = await place();
    const desk = await deskOf(ports);
    const total = (await desk.queue(everything)).total;
    await correct(desk, 'one');
    // All traffic is taken at random here, as there is so little.
    const after = await desk.queue(everything);
    expect(after.total).toBe(total);
    expect(after.cards.find(({ traceId }) => traceId === 't11')).toMatchObject({
      expected: 'ham',
      verdict: 'fail',
      like: 0,
    });
  });
});

it('shows what came in after the clock was set back, though the queue was put together while it stood ahead', async () => {
  const ports = await place();
  const desk = await deskOf(ports);
  const question = { reviewer: null, label: null, reason: null, after: null, limit: 50 };
  const year = 365 * 86_400_000;
  ports.clock.advance(year);
  const { total } = await desk.queue(question);
  ports.clock.advance(-year);
  await ports.traceLog.append(modelId, 'late', {
    traces: [sampleTrace({ traceId: 'late', input: 'parcels that nobody ordered', confidence: 0.1 })],
    judgements: [],
  });
  expect((await desk.queue(question)).total).toBe(total + 1);
});

it('reads what was said before labels were changed in the labels of today', async () => {
  const ports = await place();
  const desk = await deskOf(ports);
  await desk.act({
    ...{ reviewer: 'ana', kind: 'correct', expected: 'ham', propagate: false, clientId: 'c' },
    cards: [{ cardId: 'c', traceIds: ['t20'] }],
  });
  await changeLabels({ modelId, wish: { how: 'rename', from: 'ham', to: 'plain' }, by: 'test', dryRun: false }, ports);
  ports.clock.advance(60_000);
  const ben = await desk.act({
    ...{ reviewer: 'ben', kind: 'correct', expected: 'plain', propagate: false, clientId: 'c' },
    cards: [{ cardId: 'c', traceIds: ['t20', 't10'] }],
  });
  expect(ben.judged).toBe(2);
  // Both said one thing alone of it: they agree, and kappa is not defined.
  expect((await desk.agreement()).pairs).toMatchObject([{ a: 'ana', b: 'ben', n: 1, kappa: null }]);
});

describe('entities', () => {
  const text = 'from Paris to Rome';
  const paris = { label: 'city', start: 5, end: 10, text: 'Paris' };
  const rome = { label: 'city', start: 14, end: 18, text: 'Rome' };

  async function extractionDesk() {
    const ports = memoryPorts();
    const task = { kind: 'extraction', labels: ['city'], overlaps: 'refused' };
    await ports.lineage.createModel({ ...model, task });
    const inputs = { t1: text, twin: text, turned: 'from Rome to Paris' };
    const traces = Object.entries(inputs).map(([traceId, input]) => {
      return sampleTrace({ traceId, input, output: entitiesOutput([]) });
    });
    await ports.traceLog.append(modelId, 'traffic', { traces, judgements: [] });
    return { ports, desk: await deskOf(ports) };
  }
  const correction = (expected: unknown) => ({
    ...{ reviewer: 'ana', kind: 'correct' as const, expected, propagate: true, clientId: 'c' },
    cards: [{ cardId: 'c', traceIds: ['t1'] }],
  });

  it('are corrected place by place, and go to the very same text alone', async () => {
    const { ports, desk } = await extractionDesk();
    expect(await desk.act(correction([paris, rome]))).toMatchObject({ judged: 1, propagated: 1 });
    const logged = await ports.traceLog.read(modelId, { limit: 9 });
    const judged = logged.map(({ trace, judgements }) => [trace.traceId, judgements.map(({ judge }) => judge.kind)]);
    expect(Object.fromEntries(judged)).toEqual({ t1: ['human'], twin: ['propagated'], turned: [] });
  });

  it.each([
    ['outside of the text', [{ label: 'city', start: 14, end: 99 }]],
    ['that say what does not stand there', [{ ...paris, text: 'Berlin' }]],
    ['of a type that nobody knows', [{ ...paris, label: 'dish' }]],
    ['in another form', 'Paris'],
  ])('%s are refused', async (_name, expected) => {
    const { ports, desk } = await extractionDesk();
    expect(await rejection(desk.act(correction(expected)))).toMatchObject({ name: 'InvalidInput' });
    expect(await standing(ports)).toEqual([]);
  });
});

describe('several reviewers', () => {
  it('see a card until as many have judged it as are wanted, each once', async () => {
    const ports = await place({ settings: { ...model.settings, reviewsWanted: 2 } });
    const desk = await deskOf(ports);
    const [card] = (await desk.queue(everything)).cards;
    const ids = [card?.traceId ?? '', ...(card?.likeIds ?? [])];
    const accept = (reviewer: string) =>
      desk.act({ reviewer, kind: 'accept', propagate: false, clientId: 'c', cards: [{ cardId: 'c', traceIds: ids }] });
    const sees = async (reviewer: string) =>
      (await desk.queue({ ...everything, reviewer })).cards.some(({ traceId }) => traceId === card?.traceId);
    await accept('ana');
    expect([await sees('ana'), await sees('ben')]).toEqual([false, true]);
    expect((await desk.agreement()).waitingForSecond).toBe(ids.length);
    await accept('ben');
    expect([await sees('ana'), await sees('ben'), await sees('eva')]).toEqual([false, false, false]);
    expect(await desk.agreement()).toMatchObject({
      waitingForSecond: 0,
      pairs: [{ a: 'ana', b: 'ben', n: ids.length }],
    });
  });

  it('see on what others disagree, until more than half agree', async () => {
    const ports = await place({ settings: { ...model.settings, reviewsWanted: 2 } });
    const desk = await deskOf(ports);
    const say = (reviewer: string, expected: string) =>
      desk.act({
        ...{ reviewer, kind: 'correct', expected, propagate: false, clientId: 'c' },
        cards: [{ cardId: 'c', traceIds: ['t20', 't21'] }],
      });
    const seen = async (reviewer: string) =>
      (await desk.queue({ ...everything, reviewer })).cards.find(({ traceId }) => ['t20', 't21'].includes(traceId));
    await say('ana', 'spam');
    await say('ben', 'ham');
    expect((await seen('eva'))?.why[0]).toEqual({
      kind: 'disagreement',
      text: 'Undecided: people disagree: ana says "spam", ben says "ham".',
    });
    expect(await seen('ana')).toBeUndefined();
    await say('eva', 'ham');
    expect(await seen('tom')).toBeUndefined();
  });

  it('undo their own actions alone', async () => {
    const desk = await deskOf(await place());
    const { actionId } = await desk.act({
      reviewer: 'ana',
      kind: 'reject',
      propagate: false,
      clientId: 'c',
      cards: [{ cardId: 'c', traceIds: ['t10'] }],
    });
    expect(await desk.undo('ben', actionId)).toBeNull();
    expect(await desk.undo('ben', null)).toBeNull();
    expect(await desk.undo('ana', actionId)).toMatchObject({ actionId, judgements: 1 });
    expect(await desk.undo('ana', actionId)).toBeNull();
  });
});

describe('what is broken off between an action and its judgements', () => {
  const request = {
    ...{ reviewer: 'ana', kind: 'reject' as const, propagate: false, clientId: 'c' },
    cards: [{ cardId: 'c', traceIds: ['t10'] }],
  };
  const failingOnce = (ports: MemoryPorts) => {
    let failures = 1;
    return proxied(ports.traceLog, async (...batch) => {
      failures -= 1;
      if (failures >= 0) throw new Error('the disk is full');
      return ports.traceLog.append(...batch);
    });
  };

  it('is made up for by the next server', async () => {
    const ports = await place();
    const desk = await deskOf({ ...ports, traceLog: failingOnce(ports) });
    await expect(desk.act(request)).rejects.toThrow('the disk is full');
    expect(await standing(ports)).toHaveLength(1);
    const next = await deskOf(ports);
    expect(await standing(ports)).toHaveLength(2);
    expect(await next.act(request)).toMatchObject({ judged: 1 });
    expect(await standing(ports)).toHaveLength(2);
  });

  it('is made up for by the same one, before it says that it is done', async () => {
    const ports = await place();
    const desk = await deskOf({ ...ports, traceLog: failingOnce(ports) });
    await expect(desk.act(request)).rejects.toThrow('the disk is full');
    expect(await desk.act(request)).toMatchObject({ judged: 1 });
    expect(await standing(ports)).toHaveLength(2);
    expect(await desk.undo('ana', null)).toMatchObject({ judgements: 1 });
    expect(await standing(ports)).toHaveLength(1);
  });
});

/** The log with another way of appending. */
function proxied(log: MemoryPorts['traceLog'], append: MemoryPorts['traceLog']['append']): MemoryPorts['traceLog'] {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = name === 'append' ? append : Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
