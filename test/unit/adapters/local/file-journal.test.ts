import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileJournal } from '../../../../shared/adapters/local/file-journal.ts';
import type { OwnerState } from '../../../../shared/domain/models/control.ts';
import type { JournalEntry } from '../../../../shared/ports/trace-journal.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function journal(owner = 'me', states: Record<string, OwnerState> = {}): FileJournal {
  return new FileJournal({ directory, owner, stateOf: async (other) => states[other] ?? 'unknown' });
}

function feedback(traceId: string): JournalEntry {
  return { kind: 'feedback', modelId: 'm', record: { traceId } };
}

async function idsOf(of: FileJournal): Promise<unknown[]> {
  const parts = await of.close();
  const entries = await Promise.all(parts.map((part) => part.read()));
  return entries.flat().map((entry) => (entry.kind === 'feedback' ? entry.record.traceId : entry.trace.traceId));
}

describe('a journal in files', () => {
  it('keeps what is appended, in order, however much comes at once', async () => {
    const own = journal();
    const ids = Array.from({ length: 500 }, (_, at) => `t${at}`);
    await Promise.all(ids.map((id) => own.append([feedback(id)])));
    expect(await idsOf(own)).toEqual(ids);
  });

  it('has closed parts until they are removed, and goes on in another', async () => {
    const own = journal();
    await own.append([feedback('a')]);
    const [first] = await own.close();
    await own.append([feedback('b')]);
    expect(await idsOf(own)).toEqual(['a', 'b']);
    await first?.remove();
    await own.append([feedback('c')]);
    expect(await idsOf(own)).toEqual(['b', 'c']);
  });

  it('is empty at first', async () => expect(await journal().close()).toEqual([]));

  it('takes over what ended processes left behind, and nothing of those that may still write', async () => {
    for (const owner of ['gone', 'running', 'unknown']) await journal(owner).append([feedback(`of ${owner}`)]);
    const own = journal('me', { gone: 'gone', running: 'running' });
    expect(await idsOf(own)).toEqual(['of gone']);
  });

  it('leaves out half a line, which was never acknowledged', async () => {
    await journal('gone').append([feedback('whole')]);
    const [name = ''] = await readdir(directory);
    await appendFile(join(directory, name), '{"kind":"feedback","modelId":"m","rec');
    expect(await idsOf(journal('me', { gone: 'gone' }))).toEqual(['whole']);
  });

  it('names a part the same whoever reads it', async () => {
    await journal('gone').append([feedback('a')]);
    const [one] = await journal('me', { gone: 'gone' }).close();
    const [other] = await journal('you', { gone: 'gone' }).close();
    expect(other?.name).toBe(one?.name);
  });

  it('acknowledges nothing that it cannot write', async () => {
    const own = journal();
    await rm(directory, { recursive: true });
    await expect(own.append([feedback('a')])).rejects.toMatchObject({ name: 'StorageFailure' });
  });
});
