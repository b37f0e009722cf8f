import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../cli/workspace.ts';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { SqliteLineageStore } from '../../shared/adapters/local/sqlite-lineage-store.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import { sampleRun } from '../helpers/lineage-samples.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { rejection } from '../helpers/rejection.ts';
import { answeredTraffic, championOf, createSupportModel, ingest, modelId } from '../helpers/test-workspace.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';

const random = new SeededRandom();
let copies: WorkspaceCopies;

beforeAll(async () => {
  copies = await workspaceCopies(async (workspace) => {
    await createSupportModel(workspace);
    const traffic = samples(40, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    for (let run = 0; run < 30; run += 1)
      await workspace.ports.lineage.putRun(sampleRun({ runId: `r${run}`, modelId, reason: `Reason ${run}.` }));
  });
});
afterAll(() => copies.dispose());

/** Bytes with one bit turned over, at places drawn by lot, the first ones among them. */
function* flips(whole: Uint8Array, count: number, name: string): Generator<{ at: number; bytes: Uint8Array }> {
  const draw = random.stream(7, name);
  for (let flip = 0; flip < count; flip += 1) {
    const at = flip < 3 ? flip * 7 : draw.below(whole.length);
    yield { at, bytes: Uint8Array.from(whole).with(at, (whole[at] ?? 0) ^ (1 << draw.below(8))) };
  }
}

type Seen = 'right' | 'refused';

/** Reads what may be damaged: right, or refused with a mend; anything else is told with the place. */
async function seen<T>(read: () => Promise<T>, right: T, at: number, mend = ''): Promise<Seen> {
  try {
    expect([at, await read()]).toEqual([at, right]);
    return 'right';
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    expect([at, error.name]).toEqual([at, expect.stringMatching(/^(CorruptArtifact|StorageFailure|ObjectMissing)$/)]);
    expect(error.mend).not.toBe('');
    expect([at, error.mend]).toEqual([at, expect.stringContaining(mend)]);
    return 'refused';
  }
}

describe('one bit turned over', () => {
  it('in the lineage database leaves its records as they were, or is refused with a mend', async () => {
    const directory = await copies.copy();
    const path = join(directory, 'lineage.sqlite');
    const everything = async (): Promise<unknown> => {
      const lineage = new SqliteLineageStore(path);
      try {
        return await recordsOf(lineage);
      } finally {
        lineage.close();
      }
    };
    const right = await everything();
    const whole = await readFile(path);
    const found: Seen[] = [];
    for (const { at, bytes } of flips(whole, 60, 'sqlite')) {
      await writeFile(path, bytes);
      found.push(await seen(everything, right, at, 'Restore the file from a backup'));
    }
    expect(found).toContain('right');
    expect(found).toContain('refused');
    await writeFile(path, whole);
    // Where a page is whole and a word in it is not; it may stand in what is free, too.
    for (const word of ['Reason 7.', '"seed":7', '"to":"', 'support']) {
      const words: Seen[] = [];
      const whenOpened: Seen[] = [];
      for (let at = whole.indexOf(word); at >= 0 && words.length < 100; at = whole.indexOf(word, at + 1)) {
        const last = at + word.length - 2;
        await writeFile(path, Uint8Array.from(whole).with(last, (whole[last] ?? 0) ^ 1));
        words.push(await seen(everything, right, last, 'Restore the file from a backup'));
        whenOpened.push(await seen(async () => new SqliteLineageStore(path).close(), undefined, last));
      }
      expect([word, words]).toEqual([word, expect.arrayContaining(['refused'])]);
      expect([word, whenOpened]).toEqual([word, words]);
    }
  });

  it.each(['traces', 'judgements', 'batches'])(
    'in a file of %s of the log leaves what is read as it was, or is refused with a mend',
    async (folder) => {
      const directory = await copies.copy();
      const objects = join(directory, 'objects');
      const names = await readdir(join(objects, folder), { recursive: true });
      const path = join(objects, folder, names.find((name) => /\.(parquet|json)$/.test(name)) ?? '');
      const whole = await readFile(path);
      const read = async (): Promise<unknown> => {
        const log = new DuckDbTraceLog({ objects: new DirectoryObjectStore(objects), clock: new SystemClock() });
        try {
          return [await log.history(modelId), await log.read(modelId, { limit: 100 })];
        } finally {
          await log.close();
        }
      };
      const right = await read();
      for (const { at, bytes } of flips(whole, 12, folder)) {
        await writeFile(path, bytes);
        expect([at, await seen(read, right, at)]).toEqual([at, 'refused']);
      }
    },
  );

  it('in the artifact of the champion is refused with a mend and named, wherever it is', async () => {
    const directory = await copies.copy();
    const observer = { progress: () => undefined, note: () => undefined };
    const first = await openWorkspace(directory, { observer });
    const champion = await championOf(first);
    const inputs = samples(3, 0, random.stream(2, 'inputs')).map(({ input }) => input);
    await first.close();
    const path = join(directory, 'objects', champion.served.ref);
    const whole = await readFile(path);
    for (const { at, bytes } of flips(whole, 4, 'artifact')) {
      await writeFile(path, bytes);
      const workspace = await openWorkspace(directory, { observer });
      const error = await rejection(answerWith(champion, inputs, workspace.ports));
      await workspace.close();
      expect([at, error]).toEqual([
        at,
        expect.objectContaining({
          name: 'CorruptArtifact',
          message: expect.stringContaining(`Artifact ${champion.served.ref} is `),
          mend: expect.stringContaining('Roll back'),
        }),
      ]);
    }
  });
});

async function recordsOf(lineage: LineageStore): Promise<unknown> {
  return [
    await lineage.listModels(),
    await lineage.getModel(modelId),
    await lineage.getControl(modelId),
    await lineage.listCheckpoints(modelId),
    await lineage.listDatasets(modelId),
    await lineage.listEvaluationSets(modelId),
    await lineage.listRuns(modelId),
    await lineage.getRun('r7'),
  ];
}
