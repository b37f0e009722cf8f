import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { executeStage } from '../../../../shared/loop/engine/execute-stage.ts';
import { type Stage, stageKey } from '../../../../shared/loop/engine/stage.ts';
import { stageHead } from '../../../../shared/loop/state/stage-head.ts';
import { acquireLease, giveLeaseBack } from '../../../../shared/operations/lease.ts';
import { writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { anyText } from '../../intake/any-text.ts';

const inputSchema = z.strictObject(stageHead);
const outputSchema = z.strictObject({ count: z.int() });

async function prepared() {
  const ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
  const run = { runId: 'r1', modelId: 'm1', seed: 1 };
  const head = { run, lease: await acquireLease(run, 'host:1:aa', 15, ports), iteration: 0, item: 'all' };
  let times = 0;
  const stage: Stage<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
    name: 'count',
    input: inputSchema,
    output: outputSchema,
    run: async () => {
      times += 1;
      return { count: 7 };
    },
  };
  return { ports, head, stage, key: stageKey('count', head, 'completed.json'), times: () => times };
}

test('a stage that was completed is passed over', async () => {
  const { ports, head, stage, times } = await prepared();
  expect(await executeStage(stage, head, ports)).toEqual({ status: 'done', output: { count: 7 }, passedOver: false });
  expect(await executeStage(stage, head, ports)).toEqual({ status: 'done', output: { count: 7 }, passedOver: true });
  expect(times()).toBe(1);
});

test('a stage whose completion record holds anything else is run again, and never fails for it', async () => {
  const { ports, head, stage, key, times } = await prepared();
  await executeStage(stage, head, ports);
  const written = (await ports.objects.get(key)) ?? new Uint8Array();
  const damaged = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    anyText.map((text) => new TextEncoder().encode(text)),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.nat(written.length - 1).map((length) => written.slice(0, length)),
    fc.constant(new TextEncoder().encode(new TextDecoder().decode(written).replace('"count":7', '"count":"7"'))),
  );
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      await ports.objects.put(key, bytes);
      const before = times();
      expect(await executeStage(stage, head, ports)).toEqual({
        status: 'done',
        output: { count: 7 },
        passedOver: false,
      });
      expect(times()).toBe(before + 1);
    }),
  );
});

test('a completion record with any byte flipped gives no other output', async () => {
  const { ports, head, stage, key } = await prepared();
  await executeStage(stage, head, ports);
  const written = (await ports.objects.get(key)) ?? new Uint8Array();
  for (const [at, byte] of written.entries()) {
    for (const bit of [0, 1, 6]) {
      await ports.objects.put(key, written.with(at, byte ^ (1 << bit)));
      expect(await executeStage(stage, head, ports)).toMatchObject({ status: 'done', output: { count: 7 } });
    }
  }
});

describe('a stage with files', () => {
  async function withFiles() {
    const { ports, head, stage, key } = await prepared();
    let times = 0;
    const notes: string[] = [];
    const writing: typeof stage = {
      ...stage,
      run: async (_, context) => {
        times += 1;
        await writeJson(context.ports.objects, context.key('one.json'), { right: 7 });
        await writeJsonl(context.ports.objects, context.key('agent/two.jsonl'), [
          { text: 'refund' },
          { text: 'account' },
        ]);
        return { count: 7 };
      },
    };
    const observed = { ...ports, observer: { ...ports.observer, note: (text: string) => void notes.push(text) } };
    const again = () => executeStage(writing, head, observed);
    await again();
    return {
      ports,
      head,
      again,
      times: () => times,
      notes,
      fileKey: (name: string) => stageKey('count', head, name),
      key,
    };
  }

  test('has their digests on record, and is passed over while they are as it wrote them', async () => {
    const { ports, key, again, times, notes } = await withFiles();
    const { files } = JSON.parse(new TextDecoder().decode(await ports.objects.get(key)));
    expect(Object.keys(files)).toEqual(['agent/two.jsonl', 'one.json']);
    expect(await again()).toMatchObject({ status: 'done', passedOver: true });
    expect(times()).toBe(1);
    expect(notes).toEqual([]);
  });

  test('is done again where a bit of one is turned over, and says which', async () => {
    const { ports, fileKey, again, times, notes } = await withFiles();
    for (const name of ['one.json', 'agent/two.jsonl']) {
      const written = (await ports.objects.get(fileKey(name))) ?? new Uint8Array();
      await ports.objects.put(fileKey(name), written.with(10, (written[10] ?? 0) ^ 2));
      const before = times();
      expect(await again()).toMatchObject({ status: 'done', output: { count: 7 }, passedOver: false });
      expect(times()).toBe(before + 1);
      expect(await ports.objects.get(fileKey(name))).toEqual(written);
      expect(notes.at(-1)).toBe(`${fileKey(name)} is not what was written, so its step is done again.`);
    }
    expect(await again()).toMatchObject({ passedOver: true });
  });

  test('is passed over where one was removed once it had served', async () => {
    const { ports, fileKey, again } = await withFiles();
    await ports.objects.delete(fileKey('one.json'));
    expect(await again()).toMatchObject({ passedOver: true });
  });

  test('is passed over by a record of earlier versions, which has no digests', async () => {
    const { ports, key, fileKey, again } = await withFiles();
    const { files: _, ...record } = JSON.parse(new TextDecoder().decode(await ports.objects.get(key)));
    await writeJson(ports.objects, key, record);
    await writeJson(ports.objects, fileKey('one.json'), { right: 8 });
    expect(await again()).toMatchObject({ passedOver: true });
  });
});

test('a stage that finished its run and gave its lease back is passed over when its answer was lost', async () => {
  const { ports, head, stage, times } = await prepared();
  const { run, lease } = head;
  await ports.lineage.putRun(sampleRun(run));
  const finishing: typeof stage = {
    ...stage,
    afterwards: async () => {
      await ports.lineage.putRun({ ...sampleRun(run), status: 'finished', finishedAt: '2026-01-01T00:10:00.000Z' });
      await giveLeaseBack(run, lease.owner, ports);
    },
  };
  const outcome = { status: 'done', output: { count: 7 } };
  expect(await executeStage(finishing, head, ports)).toEqual({ ...outcome, passedOver: false });
  expect(await executeStage(finishing, head, ports)).toEqual({ ...outcome, passedOver: true });
  expect(times()).toBe(1);
  const otherInput = { ...head, iteration: 1 };
  await expect(executeStage(finishing, otherInput, ports)).rejects.toMatchObject({ name: 'LeaseLost' });
  await acquireLease({ ...run, runId: 'r2' }, 'host:2:bb', 15, ports);
  await expect(executeStage(finishing, head, ports)).rejects.toMatchObject({ name: 'LeaseLost' });
});
