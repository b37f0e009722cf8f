import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import type { AuditEntry, Refusal } from '../../../shared/ports/audit-log.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import { namedCallers, namedTokensSchema } from '../../../shared/serving/named-callers.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const token = (name: string) => `token-of-${name}`;
const entry = (name: string, more: object) => ({
  name,
  sha256: createHash('sha256').update(token(name)).digest('hex'),
  models: ['m1'],
  rights: ['feedback', 'review'],
  ...more,
});
const file = namedTokensSchema.parse({ tokens: [entry('ana', {}), entry('shop', { signsForOthers: true })] });

let ports: MemoryPorts;
let entered: AuditEntry[];
let refused: Refusal[];
let faults: unknown[];
let kept: unknown[];
let isFull: boolean;
beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
  [entered, refused, faults, kept, isFull] = [[], [], [], [], false];
});

async function ask(who: string | null, what: string, body: unknown) {
  const app = createServingApp({
    ports,
    access: { token: null, hosts: null, caller: namedCallers(file, null) },
    journal: { append: async (entries) => void kept.push(...entries), close: async () => [] },
    audit: {
      async append(entry) {
        if (isFull) throw new RatchetError('StorageFailure', 'The disk is full.');
        entered.push(entry);
      },
      refused: (refusal) => void refused.push(refusal),
    },
    onFault: (error) => faults.push(error),
  });
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (who !== null) headers.authorization = `Bearer ${token(who)}`;
  const url = `http://server/v1/models/m1/${what}`;
  return app.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

const judged = (id: string, kind = 'human') => ({ traceId: 'trace-1', verdict: 'pass', judge: { kind, id } });

test('who judges by name judges in that name', async () => {
  expect((await ask('ana', 'feedback', judged('ana'))).status).toBe(202);
  for (const body of [judged('ben'), judged('Ana'), { feedback: [judged('ana'), judged('ben', 'llm')] }]) {
    const response = await ask('ana', 'feedback', body);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ title: 'ForeignSignature', mend: 'Sign as ana.' });
  }
  expect(kept).toHaveLength(1);
  expect((await ask('shop', 'feedback', { feedback: [judged('ana'), judged('ben')] })).status).toBe(202);
});

test('a judge without a name is who asks, where one name is known', async () => {
  const { id: _id, ...nameless } = judged('x').judge;
  const body = { ...judged('x'), judge: nameless };
  expect((await ask('ana', 'feedback', { feedback: [body, judged('ana')] })).status).toBe(202);
  expect(kept).toMatchObject([{ record: { judge: { id: 'ana' } } }, { record: { judge: { id: 'ana' } } }]);
  const refusedOne = await ask('shop', 'feedback', body);
  expect(refusedOne.status).toBe(400);
  expect(await refusedOne.json()).toMatchObject({ mend: 'Name the judge: judge.id.' });
});

test('who reviews by name reviews in that name', async () => {
  const card = { cardId: 'c', traceIds: ['trace-1'] };
  const bodies = {
    'review/claims': { cardIds: ['c'] },
    'review/actions': { kind: 'accept', cards: [card], clientId: 'x' },
    'review/undo': {},
  };
  for (const [what, body] of Object.entries(bodies)) {
    expect((await ask('ana', what, { ...body, reviewer: 'ben' })).status).toBe(403);
    expect((await ask('ana', what, { ...body, reviewer: 'ana' })).status).not.toBe(403);
    expect((await ask('shop', what, { ...body, reviewer: 'ben' })).status).not.toBe(403);
  }
});

test('what was judged is entered by who, for whom and how many, with no trace', async () => {
  await ask('ana', 'feedback', judged('ana'));
  await ask('shop', 'feedback', { feedback: [judged('ben'), judged('eva'), judged('ben')] });
  expect(entered).toEqual([
    { action: 'feedback', model: 'm1', caller: 'ana', signed: ['human/ana'], count: 1, id: null },
    { action: 'feedback', model: 'm1', caller: 'shop', signed: ['human/ben', 'human/eva'], count: 3, id: null },
  ]);
  await ask('ana', 'feedback', { verdict: 'pass' });
  expect(entered).toHaveLength(2);
});

test('what is refused is told, with no model where nobody is known to ask', async () => {
  await ask(null, 'feedback', judged('ana'));
  await ask('eve', 'feedback', judged('ana'));
  await ask('ana', 'feedback', judged('ben'));
  await ask('ana', 'runs', {});
  await ask('ana', 'feedback', {});
  expect(refused).toEqual([
    { status: 401, caller: null, model: null, right: 'feedback' },
    { status: 401, caller: null, model: null, right: 'feedback' },
    { status: 403, caller: 'ana', model: 'm1', right: 'feedback' },
    { status: 403, caller: 'ana', model: 'm1', right: 'run' },
  ]);
});

test('where nothing can be entered, the answer is given and the fault is told', async () => {
  isFull = true;
  expect((await ask('ana', 'feedback', judged('ana'))).status).toBe(202);
  expect(faults).toMatchObject([{ name: 'StorageFailure' }]);
});
