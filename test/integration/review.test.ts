import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workspace } from '../../cli/workspace.ts';
import { createServingApp } from '../../shared/serving/app.ts';
import { problemSchema } from '../../shared/serving/messages.ts';
import {
  reviewActionResponseSchema,
  reviewActionsSchema,
  reviewAgreementSchema,
  reviewClaimResponseSchema,
  reviewPreviewResponseSchema,
  reviewQueueSchema,
  reviewUndoResponseSchema,
} from '../../shared/serving/review-messages.ts';
import { createSupportModel, ingest, makeWorkspace, modelId } from '../helpers/test-workspace.ts';

let workspace: Workspace & { dispose(): Promise<void> };
const faults: unknown[] = [];

/** Ids are telling: what a trace is about and how its answer was judged. */
const traffic = [
  {
    traceId: 'sure-1',
    input: 'where is my parcel today please',
    output: 'refund',
    confidence: 0.97,
    expected: 'delivery',
  },
  { traceId: 'sure-2', input: 'where is my parcel today', output: 'refund', confidence: 0.97, expected: 'delivery' },
  { traceId: 'weak', input: 'the colour is odd', output: 'delivery', confidence: 0.31 },
  { traceId: 'weak-alike', input: 'the colour of it is rather odd', output: 'delivery', confidence: 0.61 },
  { traceId: 'fine', input: 'I want my money back', output: 'refund', confidence: 0.99, expected: 'refund' },
];

beforeAll(async () => {
  workspace = await makeWorkspace();
  await createSupportModel(workspace);
  const judge = { kind: 'rule', id: 'truth' };
  await ingest(
    workspace,
    traffic.map((one) => ({ ...one, timestamp: '2026-03-01T09:30:00Z', ...(one.expected ? { judge } : {}) })) as never,
  );
});
afterAll(() => workspace.dispose());

function appOf() {
  return createServingApp({
    ports: workspace.ports,
    access: { token: null, hosts: null },
    journal: null,
    onFault: (error) => faults.push(error),
  });
}
const app = { get: async (path: string) => ask(path), post: async (path: string, body: object) => ask(path, body) };
let served: ReturnType<typeof appOf> | null = null;

async function ask(path: string, body?: object) {
  served ??= appOf();
  const response = await served.fetch(
    new Request(`http://localhost/v1/models/${modelId}/review/${path}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, body: (await response.json()) as unknown };
}

async function queue(query = '') {
  return reviewQueueSchema.parse((await app.get(`queue${query}`)).body);
}

async function judgementsOf(traceId: string) {
  const [found] = await workspace.ports.traceLog.read(modelId, { limit: 1, traceIds: [traceId] });
  return found?.judgements ?? [];
}

let next = 0;
async function act(kind: string, traceIds: readonly string[], more: object = {}) {
  next += 1;
  const cards = [{ cardId: 'card', traceIds }];
  const answer = await app.post('actions', { reviewer: 'ana', kind, cards, clientId: `c${next}`, ...more });
  expect(answer).toMatchObject({ status: 200 });
  return reviewActionResponseSchema.parse(answer.body);
}

describe('the review queue', () => {
  it('shows what is likeliest wrong first, near-duplicates as one card, and all traffic at random', async () => {
    const { cards, total, next: after, task, labels } = await queue('?reviewer=ana');
    expect(total).toBe(4);
    expect(after).toBeNull();
    expect(task).toBe('classification');
    expect(labels).toContain('delivery');
    expect(cards[0]).toMatchObject({ like: 1, output: 'refund', expected: 'delivery', verdict: 'fail' });
    expect([cards[0]?.traceId, ...(cards[0]?.likeIds ?? [])].toSorted()).toEqual(['sure-1', 'sure-2']);
    const found = cards.map(({ traceId, why }) => [traceId, why.map(({ kind }) => kind)] as const);
    expect(new Map(found).get('weak')).toEqual(['sure-error', 'random']);
    expect(new Map(found).get('fine')).toEqual(['random']);
    expect(cards.every(({ suggestions }) => suggestions.length > 0)).toBe(true);
  });

  it('comes by pages, and by label and reason', async () => {
    const first = await queue('?limit=1');
    const second = await queue(`?limit=3&after=${first.next}`);
    expect([...first.cards, ...second.cards].map(({ traceId }) => traceId)).toEqual(
      (await queue()).cards.map(({ traceId }) => traceId),
    );
    expect(second.next).toBeNull();
    expect((await queue('?label=refund')).total).toBe(2);
    expect((await queue('?reason=sure-error')).total).toBe(2);
  });

  it('takes a correction of a card, and takes it back with all that came of it', async () => {
    const { actionId, judged } = await act('correct', ['sure-1', 'sure-2'], { expected: 'delivery' });
    expect(judged).toBe(2);
    expect(await judgementsOf('sure-2')).toMatchObject([
      { judge: { kind: 'rule' } },
      { verdict: 'fail', expected: 'delivery', judge: { kind: 'human', id: 'ana' } },
    ]);
    expect((await queue()).cards.map(({ traceId }) => traceId)).not.toContain('sure-1');
    const undone = await app.post('undo', { reviewer: 'ana' });
    expect(reviewUndoResponseSchema.parse(undone.body)).toEqual({
      actionId,
      kind: 'correct',
      judgements: 2,
      cards: ['card'],
    });
    expect(await judgementsOf('sure-2')).toMatchObject([{ judge: { kind: 'rule' } }]);
    expect((await queue()).total).toBe(4);
    expect((await app.post('undo', { reviewer: 'ana' })).status).toBe(404);
  });

  it('is the same after the server has begun anew', async () => {
    await act('accept', ['fine']);
    served = null;
    expect((await queue()).total).toBe(3);
    expect((await app.post('undo', { reviewer: 'ana' })).status).toBe(200);
    served = null;
    expect((await queue()).total).toBe(4);
    expect(await judgementsOf('fine')).toHaveLength(1);
  });

  it('takes the same action once, and another one under its name not at all', async () => {
    const action = { reviewer: 'ben', kind: 'reject', cards: [{ cardId: 'c', traceIds: ['weak'] }], clientId: 'once' };
    const [one, other] = await Promise.all([app.post('actions', action), app.post('actions', action)]);
    expect(one).toMatchObject({ status: 200, body: { judged: 1 } });
    expect(other).toEqual(one);
    expect(await judgementsOf('weak')).toHaveLength(1);
    expect(await app.post('actions', { ...action, kind: 'accept' })).toMatchObject({ status: 400 });
    expect((await app.post('undo', { reviewer: 'ben' })).status).toBe(200);
  });

  it('shows what somebody deferred to them last, and to others as before', async () => {
    const [first] = (await queue('?reviewer=ana')).cards;
    await act('defer', [first?.traceId ?? '']);
    expect((await queue('?reviewer=ana')).cards.at(-1)?.traceId).toBe(first?.traceId);
    expect((await queue('?reviewer=ben')).cards[0]?.traceId).toBe(first?.traceId);
    await app.post('undo', { reviewer: 'ana' });
    expect((await queue('?reviewer=ana')).cards[0]?.traceId).toBe(first?.traceId);
  });

  it('keeps cards for who claims them', async () => {
    const [card] = (await queue()).cards;
    const claim = async (reviewer: string) =>
      reviewClaimResponseSchema.parse((await app.post('claims', { reviewer, cardIds: [card?.cardId] })).body);
    expect(await claim('ana')).toEqual({ claimed: [card?.cardId], held: [] });
    expect(await claim('ben')).toMatchObject({ claimed: [], held: [{ cardId: card?.cardId, reviewer: 'ana' }] });
    expect((await queue()).cards[0]?.claim?.reviewer).toBe('ana');
  });

  it('tells before a correction what goes with it', async () => {
    const preview = reviewPreviewResponseSchema.parse(
      (await app.post('preview', { traceId: 'sure-1', expected: 'delivery' })).body,
    );
    expect(preview).toMatchObject({ threshold: 1, precision: null, total: 0, like: [{ traceId: 'sure-2' }] });
  });

  it('tells who did what, and how well people agree', async () => {
    await act('accept', ['fine']);
    await app.post('actions', {
      ...{ reviewer: 'ben', kind: 'correct', expected: 'delivery', clientId: 'x' },
      cards: [{ cardId: 'c', traceIds: ['fine'] }],
    });
    const { pairs, reviewers } = reviewAgreementSchema.parse((await app.get('agreement')).body);
    expect(pairs).toMatchObject([{ a: 'ana', b: 'ben', n: 1 }]);
    expect(reviewers).toContainEqual({ reviewer: 'ben', judged: 1, corrected: 1, accepted: 0, deferred: 0, undone: 1 });
    const { actions } = reviewActionsSchema.parse((await app.get('actions?reviewer=ben')).body);
    expect(actions).toMatchObject([
      { kind: 'correct', judged: 1, undone: false, expected: 'delivery' },
      { kind: 'reject', undone: true, expected: null },
    ]);
  });

  it.each([
    ['a label that the model does not know', { kind: 'correct', expected: 'delivry' }, 'Did you mean "delivery"'],
    ['a correction of nothing', { kind: 'correct' }, 'say what is expected'],
    ['a trace that nobody knows', { cards: [{ cardId: 'c', traceIds: ['none'] }] }, 'There is no trace "none"'],
    ['a name with control characters', { reviewer: 'a\u001b[31m' }, 'reviewer'],
    ['no card', { cards: [] }, 'cards'],
    ['a field of another name', { propogate: true }, 'propogate'],
  ])('refuses %s, and says what is amiss', async (_name, change, detail) => {
    const action = { reviewer: 'ana', kind: 'accept', cards: [{ cardId: 'c', traceIds: ['weak'] }], clientId: 'bad' };
    const refused = await app.post('actions', { ...action, ...change });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(problemSchema.parse(refused.body)).replaceAll('\\"', '"')).toContain(detail);
    expect(await judgementsOf('weak')).toEqual([]);
  });

  it('never is at fault', () => expect(faults).toEqual([]));
});
