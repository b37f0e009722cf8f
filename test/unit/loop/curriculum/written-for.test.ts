import { expect, test } from 'vitest';
import { z } from 'zod';
import { writtenFor } from '../../../../shared/loop/curriculum/written-for.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import type { IterationRef } from '../../../../shared/loop/state/iteration.ts';
import type { ExampleRequest, WrittenExample } from '../../../../shared/ports/analyst.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import { type LongWork, noUsage } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleHead, samplePlan } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const example = (input: string): WrittenExample => ({
  slice: 'gold',
  traceId: 't1',
  input,
  output: labelOutput('spam'),
  by: { runId: 'r1', agentId: 'writer', turn: 1 },
});
const firstKey = 'runs/m1/r1/1/synthesize-curriculum/c1/written.jsonl';
const first: IterationRef = { number: 1, kind: 'first', move: 'first', historyKey: null };
const augment: IterationRef = { number: 2, kind: 'augment', move: 'augment', historyKey: 'history.json' };

interface Given {
  readonly isRefuted?: boolean;
  /** Whether the analyst writes examples. */
  readonly writes?: boolean;
  /** What it wrote in the first iteration. */
  readonly before?: readonly WrittenExample[];
  readonly ends?: boolean;
}

/** What is written in an iteration, what the analyst was asked, and the files there are. */
async function written(step: IterationRef, { isRefuted = false, writes = true, before, ends = true }: Given = {}) {
  const plain = memoryPorts();
  const asked: { key: string; request: ExampleRequest }[] = [];
  const examples: LongWork<ExampleRequest, readonly WrittenExample[]> = {
    async start(key, request) {
      asked.push({ key, request });
      return ends
        ? { status: 'done', value: [example('new')], usage: noUsage }
        : { status: 'working', handle: 'job', done: 0, total: 1, waitSeconds: 5 };
    },
    advance: () => Promise.reject(new Error('nothing to go on with')),
  };
  const [name, statistical] = [...plain.analysts][0] ?? [];
  if (name === undefined || statistical === undefined) throw new Error('no analyst');
  const { examples: _, ...others } = statistical;
  const analyst = writes ? { ...others, examples } : others;
  const ports = { ...plain, analysts: new Map([[name, analyst]]) };
  if (before !== undefined) await writeJsonl(ports.objects, firstKey, before);
  const cluster = { clusterId: 'c1' } as never;
  const members = [{ traceId: 'f1' }] as never;
  const passes = [{ traceId: 'p1' }] as never;
  const frozen = (key: string) => ({ key, size: 0, right: 0 });
  const input = {
    ...sampleHead,
    iteration: step.number,
    item: 'c1',
    step,
    split: { recordsKey: 'records' },
    lineage: { preceding: frozen('preceding'), earlier: frozen('earlier') },
  };
  const plan = samplePlan({ model: sampleModel({ analyst: name }) });
  const found = await writtenFor(
    { input, plan, cluster, isRefuted, members, passes, failingProbes: [] },
    stageContext(ports, (file) => `here/${file}`),
  );
  const kept = (await ports.objects.list('here/')).includes('here/written.jsonl')
    ? await readJsonl(ports.objects, 'here/written.jsonl', z.unknown())
    : null;
  return { found, texts: found instanceof Unfinished ? null : found.map(({ input: text }) => text), asked, kept };
}

const onRecord = ['records', 'parent-examples.jsonl', 'preceding', 'earlier'];

test('in the first iteration the analyst writes, is told what is on record, and what it wrote is kept', async () => {
  const { found, asked, kept } = await written(first, { before: [example('of a call that was lost')] });
  expect(found).toEqual([example('new')]);
  expect(kept).toEqual([example('new')]);
  expect(asked).toMatchObject([
    {
      key: 'here/examples',
      request: {
        run: { runId: 'r1', modelId: 'm1' },
        task: samplePlan().model.task,
        cluster: { clusterId: 'c1' },
        members: [{ traceId: 'f1' }],
        passes: [{ traceId: 'p1' }],
        failingProbes: [],
        onRecord,
      },
    },
  ]);
  expect(asked[0]?.request.onRecord).toEqual(onRecord);
});

test('an augmenting iteration has what was written first beside what is written now, and keeps what is new', async () => {
  const { found, asked, kept } = await written(augment, { before: [example('first')] });
  expect(found).toEqual([example('first'), example('new')]);
  expect(kept).toEqual([example('new')]);
  expect(asked[0]?.request.onRecord).toEqual([...onRecord, firstKey]);
  const alone = await written(augment);
  expect(alone.texts).toEqual(['new']);
  expect(alone.asked[0]?.request.onRecord).toEqual(onRecord);
});

test('other iterations have what was written first, and ask nobody', async () => {
  for (const kind of ['tune', 'rework-data'] as const) {
    const { texts, asked, kept } = await written({ ...augment, kind }, { before: [example('first')] });
    expect([texts, asked, kept]).toEqual([['first'], [], null]);
    expect((await written({ ...augment, kind })).texts).toEqual([]);
  }
});

test('nothing new is written for a cluster that probes refuted, nor by an analyst that writes none', async () => {
  for (const given of [{ isRefuted: true }, { writes: false }]) {
    expect(await written(first, given)).toMatchObject({ texts: [], asked: [], kept: null });
    expect(await written(augment, { ...given, before: [example('first')] })).toMatchObject({
      texts: ['first'],
      asked: [],
      kept: null,
    });
  }
});

test('while the analyst writes, the stage goes on later', async () => {
  const { found, kept } = await written(augment, { ends: false, before: [example('first')] });
  expect(found).toBeInstanceOf(Unfinished);
  expect(kept).toBeNull();
});
