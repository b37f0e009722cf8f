import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { goOn } from '../../../../shared/loop/engine/go-on.ts';
import { stateHandler } from '../../../../shared/loop/engine/run-state.ts';
import { type LongStage, Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { stageHead } from '../../../../shared/loop/state/stage-head.ts';
import { workSchema } from '../../../../shared/loop/state/work.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { type LongWork, noUsage, type Progress } from '../../../../shared/ports/long-work.ts';
import { completeStage } from '../../../helpers/complete-stage.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { rejection } from '../../../helpers/rejection.ts';

const inputSchema = z.strictObject(stageHead);
const outputSchema = z.strictObject({ count: z.int() });
type CountStage = LongStage<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>>;

/** Counts up to `total`, one a call, with the calls it had. */
function counting(total: number) {
  const calls: { kind: string; from: Json | string }[] = [];
  const at = (done: number): Progress<number> =>
    done >= total
      ? { status: 'done', value: total, usage: noUsage }
      : { status: 'working', handle: { done }, done, total, waitSeconds: 0 };
  const work: LongWork<null, number> = {
    async start(key) {
      calls.push({ kind: 'start', from: key });
      return at(1);
    },
    async advance(handle) {
      calls.push({ kind: 'advance', from: handle });
      return at(z.object({ done: z.int() }).parse(handle).done + 1);
    },
  };
  return { work, calls };
}

function stageOf(work: LongWork<null, number>): CountStage {
  return {
    name: 'count',
    long: true,
    input: inputSchema,
    output: outputSchema,
    async run(_input, context) {
      const progress = await goOn(work, 'k', () => null, context);
      return progress instanceof Unfinished ? progress : { count: progress.value };
    },
  };
}

async function prepared() {
  const ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
  const run = { runId: 'r1', modelId: 'm1', seed: 1 };
  const head = { run, lease: await acquireLease(run, 'host:1:aa', 15, ports), iteration: 0, item: 'all' };
  return { ports, head };
}

describe('a long stage', () => {
  it('starts its work once, goes on with the handle it gave, and is passed over once it is complete', async () => {
    const { ports, head } = await prepared();
    const { work, calls } = counting(4);
    expect(await completeStage(stageOf(work), head, ports)).toEqual({
      status: 'done',
      output: { count: 4 },
      passedOver: false,
    });
    expect(calls).toEqual([
      { kind: 'start', from: 'k' },
      { kind: 'advance', from: { done: 1 } },
      { kind: 'advance', from: { done: 2 } },
      { kind: 'advance', from: { done: 3 } },
    ]);
    expect(await completeStage(stageOf(work), head, ports)).toMatchObject({ output: { count: 4 }, passedOver: true });
    expect(calls).toHaveLength(4);
  });

  it('gives the state machine its handle, and takes no other stage or item for itself', async () => {
    const { ports, head } = await prepared();
    const { work, calls } = counting(3);
    const handle = stateHandler(stageOf(work));
    const first = workSchema.parse((await handle({ ...head, work: null }, ports, 0)).output);
    expect(first).toMatchObject({
      stage: 'count',
      item: 'all',
      status: 'working',
      waitSeconds: 0,
      handle: { failures: 0, of: { done: 1 } },
    });

    await handle({ ...head, work: { ...first, stage: 'another' } }, ports, 0);
    await handle({ ...head, work: { ...first, item: 'another' } }, ports, 0);
    expect(calls.map(({ kind }) => kind)).toEqual(['start', 'start', 'start']);

    await handle({ ...head, work: { ...first, handle: 'of another version' } }, ports, 0);
    expect(calls.at(-1)).toEqual({ kind: 'start', from: 'k' });

    const second = await handle({ ...head, work: first }, ports, 0);
    expect(second.working).toMatchObject({ done: 2, total: 3 });
    const last = await handle({ ...head, work: second.output }, ports, 0);
    expect(last.output).toMatchObject({ status: 'done', handle: null, result: { count: 3 } });
  });

  it('ends with the fault that its work names', async () => {
    const { ports, head } = await prepared();
    const failing: LongWork<null, number> = {
      start: async () => ({ status: 'failed', name: 'TrainingFailed', message: 'out of memory' }),
      advance: async () => ({ status: 'failed', name: 'TrainingFailed', message: 'out of memory' }),
    };
    await expect(completeStage(stageOf(failing), head, ports)).rejects.toMatchObject({
      name: 'TrainingFailed',
      message: 'out of memory',
    });
  });

  it('begins work anew that has failed, though it is asked with the handle of the failed one, and three times at most', async () => {
    const { ports, head } = await prepared();
    const asked: string[] = [];
    // The handles of all tries are the same.
    const failing: LongWork<null, number> = {
      async start() {
        asked.push('start');
        return { status: 'working', handle: 'job', done: 0, total: 2, waitSeconds: 0 };
      },
      async advance() {
        asked.push('advance');
        return { status: 'failed', name: 'TrainingFailed', message: 'The machine was taken away.' };
      },
    };
    const handle = stateHandler(stageOf(failing));
    let work = workSchema.parse((await handle({ ...head, work: null }, ports, 0)).output);
    for (let failure = 1; failure <= 3; failure += 1) {
      expect(await rejection(handle({ ...head, work }, ports, 0))).toMatchObject({ name: 'TrainingFailed' });
      // As the machine's Retry does: the same input again.
      work = workSchema.parse((await handle({ ...head, work }, ports, 0)).output);
      expect(work.status).toBe('working');
    }
    expect(asked).toEqual(['start', ...Array(3).fill(['advance', 'start']).flat()]);
    const last = await rejection(handle({ ...head, work }, ports, 0));
    expect(last).toMatchObject({ name: 'StageFailed', message: expect.stringContaining('failed 4 times') });
    expect(last.message).toContain('TrainingFailed: The machine was taken away.');
  });

  it('refuses a handle that does not fit into the state', async () => {
    const { ports, head } = await prepared();
    const large: LongWork<null, number> = {
      start: async () => ({ status: 'working', handle: 'x'.repeat(5_000), done: 0, total: 1, waitSeconds: 0 }),
      advance: async () => ({ status: 'failed', name: 'TrainingFailed', message: '' }),
    };
    await expect(completeStage(stageOf(large), head, ports)).rejects.toThrow(/handle of 5022 bytes/);
  });
});
