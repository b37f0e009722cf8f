import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { executeStage } from '../../../../shared/loop/engine/execute-stage.ts';
import { type LongStage, type Stage, stageKey, Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { stageHead } from '../../../../shared/loop/state/stage-head.ts';
import { largestHandle, longestWaitSeconds } from '../../../../shared/loop/state/work.ts';
import { acquireLease, giveLeaseBack } from '../../../../shared/operations/lease.ts';
import type { Ports } from '../../../../shared/ports/ports.ts';
import { sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { rejection } from '../../../helpers/rejection.ts';

const inputSchema = z.strictObject(stageHead);
const outputSchema = z.strictObject({ count: z.int() });
type Counting = Stage<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>>;
type CountingLong = LongStage<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>>;

async function prepared() {
  const notes: string[] = [];
  const ports = {
    ...memoryPorts(),
    observer: { progress: () => undefined, note: (text: string) => void notes.push(text) },
  };
  await ports.lineage.createModel(sampleModel());
  const run = { runId: 'r1', modelId: 'm1', seed: 1 };
  const head = { run, lease: await acquireLease(run, 'host:1:aa', 15, ports), iteration: 0, item: 'all' };
  const stage: Counting = { name: 'count', input: inputSchema, output: outputSchema, run: async () => ({ count: 7 }) };
  return { ports, head, stage, notes, key: stageKey('count', head, 'completed.json') };
}

function pausing(waitSeconds: number, handle: string = 'job'): CountingLong {
  const work = { status: 'working', handle, done: 1, total: 2, waitSeconds } as const;
  return { name: 'count', long: true, input: inputSchema, output: outputSchema, run: async () => new Unfinished(work) };
}

describe('a stage', () => {
  test('refuses input that it does not take, and names itself', async () => {
    const { ports, head, stage } = await prepared();
    const fault = await rejection(executeStage(stage, { ...head, iteration: 'first' }, ports));
    expect(fault.name).toBe('InvalidInput');
    expect(fault.message).toContain('stage count');
    expect(fault.message).toContain('iteration');
  });

  test('is done again for another input, and not for another lease', async () => {
    const { ports, head, stage } = await prepared();
    await executeStage(stage, head, ports);
    const otherSeed = { ...head, run: { ...head.run, seed: 2 } };
    expect(await executeStage(stage, otherSeed, ports)).toMatchObject({ passedOver: false });
    ports.clock.advance(60 * 60_000);
    const lease = await acquireLease(head.run, 'host:2:bb', 15, ports);
    expect(lease.fencingToken).toBe(2);
    expect(await executeStage(stage, { ...otherSeed, lease }, ports)).toMatchObject({ passedOver: true });
  });

  test('has what comes afterwards done each time, once its output is on record', async () => {
    const { ports, head, stage, key } = await prepared();
    const seen: unknown[] = [];
    const following: Counting = {
      ...stage,
      afterwards: async (input, output, given) => {
        seen.push([input.item, output, (await given.objects.get(key)) !== undefined]);
      },
    };
    await executeStage(following, head, ports);
    await executeStage(following, head, ports);
    expect(seen).toEqual([
      ['all', { count: 7 }, true],
      ['all', { count: 7 }, true],
    ]);
  });

  test('tells when it was done, by the clock of whoever worked', async () => {
    const { ports, head, stage, key } = await prepared();
    ports.clock.advance(60_000);
    await executeStage(stage, head, ports);
    const record = JSON.parse(new TextDecoder().decode(await ports.objects.get(key)));
    expect(record.finishedAt).toBe('2026-01-01T00:01:00.000Z');
  });

  test('reaches no other when it is run by itself', async () => {
    const { ports, head, stage } = await prepared();
    const reaching: Counting = {
      ...stage,
      run: async (_, { execute, deadline }) => {
        expect(deadline).toBe(Number.POSITIVE_INFINITY);
        await execute('another', {});
        return { count: 1 };
      },
    };
    await expect(executeStage(reaching, head, ports)).rejects.toThrow('stage another is not within reach');
  });

  test('gives only what it says it gives', async () => {
    const { ports, head, stage, key } = await prepared();
    const wrong = { ...stage, run: async () => ({ count: 1.5 }) };
    await expect(executeStage(wrong, head, ports)).rejects.toThrow(z.ZodError);
    expect(await ports.objects.get(key)).toBeUndefined();
  });
});

describe('the record of a stage', () => {
  test('that cannot be read is noted, and a missing one is not', async () => {
    const { ports, head, stage, key, notes } = await prepared();
    await executeStage(stage, head, ports);
    expect(notes).toEqual([]);
    await ports.objects.put(key, new TextEncoder().encode('{"output":'));
    expect(await executeStage(stage, head, ports)).toMatchObject({ passedOver: false });
    expect(notes).toEqual([expect.stringMatching(/^A completion record cannot be read.*done again.*completed\.json/s)]);
  });

  test('with another output than was written is noted', async () => {
    const { ports, head, stage, key, notes } = await prepared();
    await executeStage(stage, head, ports);
    const text = new TextDecoder().decode(await ports.objects.get(key));
    await ports.objects.put(key, new TextEncoder().encode(text.replace('"count":7', '"count":8')));
    expect(await executeStage(stage, head, ports)).toMatchObject({ output: { count: 7 }, passedOver: false });
    expect(notes).toEqual([expect.stringContaining('another output than was written')]);
  });

  test('of earlier versions, without digests, counts', async () => {
    const { ports, head, stage, key } = await prepared();
    await executeStage(stage, head, ports);
    const { inputDigest, output } = JSON.parse(new TextDecoder().decode(await ports.objects.get(key)));
    await ports.objects.put(key, new TextEncoder().encode(JSON.stringify({ inputDigest, output })));
    expect(await executeStage(stage, head, ports)).toMatchObject({ output: { count: 7 }, passedOver: true });
  });

  test('is not taken for missing where the store fails', async () => {
    const { ports, head, stage, key } = await prepared();
    const get = ports.objects.get.bind(ports.objects);
    for (const fault of [new RatchetError('StorageFailure', 'The store is away.'), new Error('no network')]) {
      ports.objects.get = async (asked) => {
        if (asked === key) throw fault;
        return get(asked);
      };
      await expect(executeStage(stage, head, ports)).rejects.toBe(fault);
    }
  });
});

describe('a stage that goes on later', () => {
  test('is waited for in whole seconds, and no longer than a lease allows', async () => {
    const { ports, head } = await prepared();
    const waits = [];
    for (const seconds of [-3, 0, 1.2, 300, 4_000]) {
      const outcome = await executeStage(pausing(seconds), head, ports);
      waits.push(outcome.status === 'working' ? outcome.work.waitSeconds : outcome);
    }
    expect(waits).toEqual([0, 0, 2, longestWaitSeconds, longestWaitSeconds]);
  });

  test('may leave a handle as large as the state takes', async () => {
    const { ports, head } = await prepared();
    const quotes = 2;
    const fitting = 'x'.repeat(largestHandle - quotes);
    expect(await executeStage(pausing(0, fitting), head, ports)).toMatchObject({ work: { handle: fitting } });
    await expect(executeStage(pausing(0, `${fitting}x`), head, ports)).rejects.toThrow(/count.*4097 bytes/);
  });

  test('is one that is made for it', async () => {
    const { ports, head } = await prepared();
    const { long: _, ...short } = pausing(0);
    await expect(executeStage(short as unknown as Counting, head, ports)).rejects.toThrow('not made to go on later');
  });
});

describe('a stage that gave the lease of its run back', () => {
  /** Completed, with a lease that was given back, and its run as it ended; null where that is not on record. */
  async function finished(status: 'finished' | 'failed' | null) {
    const made = await prepared();
    const { ports, head, stage } = made;
    await executeStage(stage, head, ports);
    if (status !== null) await ports.lineage.putRun({ ...sampleRun(head.run), status });
    await giveLeaseBack(head.run, head.lease.owner, ports);
    return made;
  }

  test('is passed over where it finished the run', async () => {
    const { ports, head, stage } = await finished('finished');
    expect(await executeStage(stage, head, ports)).toMatchObject({ output: { count: 7 }, passedOver: true });
  });

  test('has lost it where another run has had the lease since', async () => {
    const { ports, head, stage } = await finished('finished');
    const other = { ...head.run, runId: 'r2' };
    await acquireLease(other, 'host:2:bb', 15, ports);
    await giveLeaseBack(other, 'host:2:bb', ports);
    expect(await rejection(executeStage(stage, head, ports))).toMatchObject({ name: 'LeaseLost' });
  });

  test('has lost it where the run did not finish', async () => {
    const { ports, head, stage } = await finished('failed');
    const stopped: Ports = { ...ports, owners: { stateOf: async () => 'gone' } };
    expect(await rejection(executeStage(stage, head, stopped))).toMatchObject({ name: 'LeaseLost' });
    const unknown = await finished(null);
    const fault = await rejection(executeStage(unknown.stage, unknown.head, unknown.ports));
    expect(fault).toMatchObject({ name: 'LeaseLost' });
  });

  test('tells of a fault that comes after that', async () => {
    for (const fault of [new RatchetError('StorageFailure', 'The store is away.'), new Error('no network')]) {
      const { ports, head, stage } = await prepared();
      const finishing: Counting = {
        ...stage,
        afterwards: async () => {
          await ports.lineage.putRun({ ...sampleRun(head.run), status: 'finished' });
          await giveLeaseBack(head.run, head.lease.owner, ports);
          throw fault;
        },
      };
      await expect(executeStage(finishing, head, ports)).rejects.toBe(fault);
    }
  });
});
