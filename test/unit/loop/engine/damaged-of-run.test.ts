import { expect, test } from 'vitest';
import { digest } from '../../../../shared/domain/base/ids.ts';
import { damagedOfRun } from '../../../../shared/loop/engine/damaged-of-run.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';

const run = { modelId: 'm', runId: 'r' };
const bytes = (text: string) => new TextEncoder().encode(text);

test('tells files that are not what was written and records that cannot be read, of this run alone', async () => {
  const objects = new MemoryObjectStore();
  const right = digest(bytes('right'));
  for (const [of, stage] of [
    ['r', 'a'],
    ['r', 'b'],
    ['other', 'a'],
  ] as const) {
    await writeJson(objects, `runs/m/${of}/0/${stage}/all/completed.json`, { files: { 'x.json': right } });
    await objects.put(`runs/m/${of}/0/${stage}/all/x.json`, bytes('right'));
  }
  await writeJson(objects, 'runs/m/r/0/before-digests/all/completed.json', { output: {} });
  await objects.put('runs/m/r/0/before-digests/all/x.json', bytes('anything'));
  expect(await damagedOfRun(run, objects)).toEqual([]);

  await objects.put('runs/m/other/0/a/all/x.json', bytes('wrong'));
  expect(await damagedOfRun(run, objects)).toEqual([]);
  await objects.put('runs/m/r/0/b/all/x.json', bytes('wrong'));
  await objects.put('runs/m/r/0/a/all/completed.json', bytes('{"files":'));
  expect(await damagedOfRun(run, objects)).toEqual(['runs/m/r/0/a/all/completed.json', 'runs/m/r/0/b/all/x.json']);
});
