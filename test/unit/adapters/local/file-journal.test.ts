import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileJournal } from '../../../../shared/adapters/local/file-journal.ts';
import type { OwnerState } from '../../../../shared/domain/models/control.ts';
import type { JournalEntry } from '../../../../shared/ports/trace-journal.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await rm(directory, { recursive: true, force: true });
});

const opened: FileJournal[] = [];
function journal(owner = 'me', states: Record<string, OwnerState> = {}, later = 0): FileJournal {
  const stateOf = async (other: string): Promise<OwnerState> => states[other] ?? 'unknown';
  const one = new FileJournal({ directory, owner, stateOf, now: () => Date.now() + later });
  opened.push(one);
  return one;
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
  it('leaves no file behind for what a full disk did not take', async () => {
    const module = new URL('../../../../shared/adapters/local/file-journal.ts', import.meta.url).href;
    const script = `
      const { FileJournal } = await import(${JSON.stringify(module)});
      const own = new FileJournal({ directory: ${JSON.stringify(directory)}, owner: 'me', stateOf: async () => 'unknown', now: Date.now });
      for (let at = 0; at < 3; at += 1) {
        const kept = await own.append([{ kind: 'feedback', modelId: 'm', record: {} }]).then(() => 'kept', (error) => error.name);
        console.log(kept);
      }`;
    // No file may hold a byte: what is written fails, as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 0; exec "$0" --no-warnings --input-type=module -e "$1"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', limited, process.execPath, script]);
    expect(stdout.trim().split('\n')).toEqual(['StorageFailure', 'StorageFailure', 'StorageFailure']);
    expect(await readdir(directory)).toEqual([]);
  });

  it('takes over what a process of another machine has not touched for ten minutes, unless it surely runs', async () => {
    const minutes = 60_000;
    await journal('container-1').append([feedback('a')]);
    expect(await idsOf(journal('container-2', {}, 9 * minutes))).toEqual([]);
    expect(await idsOf(journal('container-2', { 'container-1': 'running' }, 11 * minutes))).toEqual([]);
    expect(await idsOf(journal('container-2', {}, 11 * minutes))).toEqual(['a']);
  });

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
});
