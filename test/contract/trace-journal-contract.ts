import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry, TraceJournal } from '../../shared/ports/trace-journal.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';

export interface TraceJournalFixture {
  readonly journal: TraceJournal;
  /** The same journal, as another process of the same place has it later on. */
  reopened(): TraceJournal;
  /** From now on nothing can be written. */
  breakDown(): Promise<void>;
  dispose(): Promise<void>;
}

export function feedback(traceId: string): JournalEntry {
  return { kind: 'feedback', modelId: 'm', record: { traceId } };
}

/** Of all closed parts, in their order. */
export async function idsOf(journal: TraceJournal): Promise<readonly unknown[]> {
  const parts = await journal.close();
  const entries = await Promise.all(parts.map((part) => part.read()));
  return entries.flat().map((entry) => (entry.kind === 'feedback' ? entry.record.traceId : entry.trace.traceId));
}

/** What every journal does. */
export function traceJournalContract(name: string, create: () => Promise<TraceJournalFixture>): void {
  describe(`${name} as a journal`, () => {
    let fixture: TraceJournalFixture;
    let journal: TraceJournal;
    beforeEach(async () => {
      fixture = await create();
      journal = fixture.journal;
    });
    afterEach(() => fixture.dispose());

    it('is empty at first', async () => expect(await journal.close()).toEqual([]));

    it('keeps what is appended, in order, however much comes at once', async () => {
      const ids = Array.from({ length: 200 }, (_, at) => `t${at}`);
      await Promise.all(ids.map((id) => journal.append([feedback(id)])));
      expect(await idsOf(journal)).toEqual(ids);
    });

    it('gives back entries as they were, whatever their texts hold', async () => {
      const input = 'two\nlines, \u2028 "quoted" \\ \u0000 😀';
      const trace = {
        ...{ traceId: 't-1', timestamp: '2026-11-01T08:00:00.000Z', modelId: 'm', checkpointId: 'c' },
        ...{ input, output: labelOutput('ham'), confidence: 0.5 },
      };
      const entries: JournalEntry[] = [{ kind: 'trace', trace }, feedback('t-1')];
      await journal.append(entries);
      const [part] = await journal.close();
      expect(await part?.read()).toEqual(entries);
    });

    it('has closed parts until they are removed, and goes on in another', async () => {
      await journal.append([feedback('a')]);
      const [first] = await journal.close();
      await journal.append([feedback('b')]);
      expect(await idsOf(journal)).toEqual(['a', 'b']);
      await first?.remove();
      await journal.append([feedback('c')]);
      expect(await idsOf(journal)).toEqual(['b', 'c']);
    });

    it('gives what it acknowledged to whoever comes after its process', async () => {
      await journal.append([feedback('a'), feedback('b')]);
      expect(await idsOf(fixture.reopened())).toEqual(['a', 'b']);
    });

    it('names a part the same whoever reads it', async () => {
      await journal.append([feedback('a')]);
      const [one] = await fixture.reopened().close();
      const [other] = await fixture.reopened().close();
      expect(one?.name).toBeDefined();
      expect(other?.name).toBe(one?.name);
    });

    it('acknowledges nothing that it cannot write', async () => {
      await fixture.breakDown();
      await expect(journal.append([feedback('a')])).rejects.toMatchObject({ name: 'StorageFailure' });
    });
  });
}
