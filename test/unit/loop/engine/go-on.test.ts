import { expect, test } from 'vitest';
import { z } from 'zod';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { goOn } from '../../../../shared/loop/engine/go-on.ts';
import { readJson } from '../../../../shared/ports/documents.ts';
import type { LongWork, Progress } from '../../../../shared/ports/long-work.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { rejection } from '../../../helpers/rejection.ts';

const failuresKey = 'runs/m/r/0/s/all/failures.json';

/** A stage's context, with what it tells and what it kept. */
function prepared() {
  const memory = memoryPorts();
  const told: (readonly [number, number, string | undefined])[] = [];
  const observer = {
    ...memory.observer,
    progress: (done: number, total: number, unit?: string) => void told.push([done, total, unit]),
  };
  const ports = { ...memory, observer };
  const context = { handle: null, deadline: 0, ports, key: (file: string) => `runs/m/r/0/s/all/${file}` };
  const failures = async () => (await readJson(ports.objects, failuresKey, z.object({ failures: z.int() }))).failures;
  return { context, ports, told, failures };
}

function workOf(
  progress: Progress<number>,
  tells: readonly (readonly [number, number])[] = [],
): LongWork<null, number> {
  const give: LongWork<null, number>['start'] = async (_key, _request, _deadline, tell) => {
    for (const [done, total] of tells) tell?.(done, total);
    return progress;
  };
  return { start: give, advance: (_handle, deadline, tell) => give('', null, deadline, tell) };
}

const working: Progress<number> = { status: 'working', handle: 'h', done: 3, total: 9, waitSeconds: 5 };
const failed: Progress<number> = { status: 'failed', name: 'TrainingFailed', message: 'out of memory' };

test('what the work tells and how far it is are told in its unit', async () => {
  const { context, told } = prepared();
  await goOn(workOf(working, [[2, 9]]), 'k', () => null, context, 'epochs');
  expect(told).toEqual([
    [2, 9, 'epochs'],
    [3, 9, 'epochs'],
  ]);
});

test('a note of failures that cannot be read counts as none', async () => {
  const { context, ports, failures } = prepared();
  for (const damaged of ['{"failures":', '{"failures":-1}']) {
    await ports.objects.put(failuresKey, new TextEncoder().encode(damaged));
    expect((await rejection(goOn(workOf(failed), 'k', () => null, context))).name).toBe('TrainingFailed');
    expect(await failures()).toBe(1);
  }
});

test('failures are counted until there are too many, which the last fault says', async () => {
  const { context, failures } = prepared();
  for (const count of [1, 2, 3]) {
    expect((await rejection(goOn(workOf(failed), 'k', () => null, context))).name).toBe('TrainingFailed');
    expect(await failures()).toBe(count);
  }
  const last = await rejection(goOn(workOf(failed), 'k', () => null, context));
  expect(last.name).toBe('StageFailed');
  expect(last.message).toBe('It failed 4 times. The last time: TrainingFailed: out of memory');
});

test('another fault of the store ends the call, before anything is begun', async () => {
  const { context, ports } = prepared();
  const objects = Object.assign(Object.create(ports.objects), {
    get: async () => {
      throw new RatchetError('StorageFailure', 'The disk is gone.');
    },
  });
  const never: LongWork<null, number> = {
    start: () => expect.unreachable('it was begun'),
    advance: () => expect.unreachable('it went on'),
  };
  const broken = { ...context, ports: { ...ports, objects } };
  expect((await rejection(goOn(never, 'k', () => null, broken))).name).toBe('StorageFailure');
});
