import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { S3Journal } from '../../shared/adapters/aws/s3-journal.ts';
import { FileJournal } from '../../shared/adapters/local/file-journal.ts';
import { FaultyObjectStore } from '../helpers/faulty-object-store.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { feedback, idsOf, traceJournalContract } from './trace-journal-contract.ts';

const now = (): number => Date.now();

traceJournalContract('a directory of files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const opened: FileJournal[] = [];
  const open = (): FileJournal => {
    const owner = `p${opened.length}`;
    const journal = new FileJournal({ directory, owner, stateOf: async () => 'gone', now });
    opened.push(journal);
    return journal;
  };
  return {
    journal: open(),
    reopened: open,
    breakDown: () => rm(directory, { recursive: true }),
    async dispose() {
      await Promise.all(opened.map((journal) => journal.close().catch(() => [])));
      await rm(directory, { recursive: true, force: true });
    },
  };
});

traceJournalContract('a store of objects', async () => {
  const objects = new FaultyObjectStore(new MemoryObjectStore());
  return {
    journal: new S3Journal({ objects, now }),
    reopened: () => new S3Journal({ objects, now }),
    breakDown: async () => {
      objects.faults = [{ key: /./, kind: 'broken' }];
    },
    dispose: async () => undefined,
  };
});

describe('a journal of objects', () => {
  it('keeps the order of coming when the clock stands still or is set back', async () => {
    let time = 1_000;
    const journal = new S3Journal({ objects: new MemoryObjectStore(), now: () => time });
    for (const [id, at] of Object.entries({ a: 1_000, b: 1_000, c: 10 })) {
      time = at;
      await journal.append([feedback(id)]);
    }
    expect(await idsOf(journal)).toEqual(['a', 'b', 'c']);
  });

  it('makes parts that one append to the log can hold, each object in one of them', async () => {
    const journal = new S3Journal({ objects: new MemoryObjectStore(), now });
    const large = 'x'.repeat(12 * 2 ** 20);
    for (const id of ['a', 'b', 'c', 'd', 'e']) await journal.append([feedback(`${id}${large}`)]);
    const parts = await journal.close();
    const entries = await Promise.all(parts.map((part) => part.read()));
    expect(entries.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it('reads what is left of a part that another moves at the same time', async () => {
    const objects = new MemoryObjectStore();
    const journal = new S3Journal({ objects, now });
    for (const id of ['a', 'b']) await journal.append([feedback(id)]);
    const [part] = await journal.close();
    const [first = ''] = await objects.list('journal/');
    await objects.delete(first);
    expect(await part?.read()).toMatchObject([feedback('b')]);
  });

  it('leaves alone what others put there, and says which object of its own cannot be read', async () => {
    const objects = new MemoryObjectStore();
    const journal = new S3Journal({ objects, now });
    await objects.put('journal/notes.txt', Buffer.from('by hand'));
    expect(await journal.close()).toEqual([]);
    await journal.append([feedback('a')]);
    const [key = ''] = await objects.list('journal/0');
    await objects.put(key, Buffer.from('{"kind":"of tomorrow"}\n'));
    const [part] = await journal.close();
    await expect(part?.read()).rejects.toMatchObject({
      name: 'CorruptArtifact',
      message: expect.stringContaining(key),
    });
  });
});
