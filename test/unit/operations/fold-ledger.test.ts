import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { digest } from '../../../shared/domain/base/ids.ts';
import { allFolds, foldOf, type LedgerEntry } from '../../../shared/domain/evaluation/ledger.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import type { Run } from '../../../shared/domain/models/run.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import {
  checkSegment,
  readLedger,
  writeFirstFolds,
  writeLedgerSegment,
  writeRunFolds,
} from '../../../shared/operations/fold-ledger.ts';
import { encodeJsonl, writeJson } from '../../../shared/ports/documents.ts';
import { sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';

const salt = 'a salt';
const entry = (words: string, folds: readonly number[]): LedgerEntry => ({
  words,
  groupId: `group of ${words}`,
  folds,
  use: folds.length === 1 ? 'evidence' : 'none',
});

describe('the ledger of folds', () => {
  test('is all segments, or all but the own one of a run that is started again', async () => {
    const ports = memoryPorts();
    await writeLedgerSegment('mail', 'create', [entry('first', [])], ports);
    await writeLedgerSegment('mail', 'run-1', [entry('second', [3])], ports);
    await writeLedgerSegment('other', 'create', [entry('third', [4])], ports);
    expect(await readLedger('mail', salt, null, ports)).toEqual([entry('first', []), entry('second', [3])]);
    expect(await readLedger('mail', salt, 'run-1', ports)).toEqual([entry('first', [])]);
    expect(await readLedger('mail', salt, 'create', ports)).toEqual([entry('second', [3])]);
  });

  test('is held against the digests noted beside it, whoever wrote it, and whichever was broken off', async () => {
    const ports = memoryPorts();
    const key = 'models/mail/splits/run-1.jsonl';
    await writeLedgerSegment('mail', 'run-1', [entry('a', [3]), entry('b', [])], ports);
    const first = (await ports.objects.get(key)) ?? new Uint8Array();
    const broken = {
      ...ports,
      objects: Object.assign(Object.create(ports.objects), {
        put: async (of: string, body: Uint8Array) => {
          if (of === key) throw new Error('killed');
          await ports.objects.put(of, body);
        },
        get: (of: string) => ports.objects.get(of),
      }),
    };
    await expect(writeLedgerSegment('mail', 'run-1', [entry('c', [])], broken)).rejects.toThrow('killed');
    expect(await readLedger('mail', salt, null, ports)).toHaveLength(2);
    await writeLedgerSegment('mail', 'run-1', [entry('c', [])], ports);
    expect(await readLedger('mail', salt, null, ports)).toEqual([entry('c', [])]);
    await ports.objects.put(key, first.subarray(0, first.indexOf(10) + 1));
    expect(await rejection(readLedger('mail', salt, null, ports))).toMatchObject({ name: 'CorruptArtifact' });
    expect(await readLedger('mail', salt, 'run-1', ports)).toEqual([]);
    await ports.objects.put(key, encodeJsonl([entry('c', [4])]));
    const fault = await rejection(readLedger('mail', salt, null, ports));
    expect(String(fault)).toContain(key);
  });

  describe('is held against the records of the lineage', () => {
    const first = 'models/m1/splits/create.jsonl';
    const runs = 'models/m1/splits/r1.jsonl';
    const digestsOf = (key: string) => key.replace('.jsonl', '.digests.json');

    /** A model with folds of its first examples and of a run. */
    async function ledgered() {
      const ports = memoryPorts();
      await ports.lineage.createModel(sampleModel());
      const folds = await writeFirstFolds('m1', [entry('first', [])], ports);
      await updateControl('m1', ports, (control) =>
        moveChampion(control, { at: '2026-01-01T00:00:00Z', to: 'c1', kind: 'create', by: 'ana', reason: '', folds }),
      );
      await ports.lineage.putRun(sampleRun({ runId: 'r1' }));
      await writeRunFolds('m1', 'r1', [entry('a', [3]), entry('b', [4])], ports);
      return ports;
    }
    const read = async (ports: Awaited<ReturnType<typeof ledgered>>) => readLedger('m1', salt, null, ports);

    test.each([first, runs])('so that %s exchanged with its digests is found, and removed with them', async (key) => {
      const ports = await ledgered();
      expect(await read(ports)).toHaveLength(3);
      await writeLedgerSegment('m1', key.endsWith('create.jsonl') ? 'create' : 'r1', [entry('c', [5])], ports);
      expect(await rejection(read(ports))).toMatchObject({
        name: 'CorruptArtifact',
        message: expect.stringContaining(key),
        mend: expect.stringContaining('backup'),
      });
      await ports.objects.delete(key);
      await ports.objects.delete(digestsOf(key));
      expect(await rejection(read(ports))).toMatchObject({
        name: 'ObjectMissing',
        message: expect.stringContaining(key),
      });
    });

    test('and so is a single segment, of which nothing need be on record', async () => {
      const ports = await ledgered();
      const bytes = (await ports.objects.get(runs)) ?? new Uint8Array();
      await checkSegment(runs, bytes, ports);
      await writeLedgerSegment('m1', 'r1', [entry('c', [5])], ports);
      const other = (await ports.objects.get(runs)) ?? new Uint8Array();
      expect(await rejection(checkSegment(runs, other, ports))).toMatchObject({ name: 'CorruptArtifact' });
      await checkSegment('models/m1/splits/nobody.jsonl', other, ports);
      await checkSegment('models/m2/splits/r1.jsonl', other, ports);
    });

    test('once for what was written twice, and only moves that made the first champion tell of its folds', async () => {
      const ports = await ledgered();
      await writeRunFolds('m1', 'r1', [entry('a', [3]), entry('b', [4])], ports);
      await writeRunFolds('m1', 'r1', [entry('c', [5])], ports);
      await writeRunFolds('m1', 'r1', [entry('c', [5])], ports);
      expect((await ports.lineage.getRun('r1'))?.folds).toEqual([
        digest(encodeJsonl([entry('a', [3]), entry('b', [4])])),
        digest(encodeJsonl([entry('c', [5])])),
      ]);
      const move = { at: '2026-01-02T00:00:00Z', to: 'c2', kind: 'promote', by: 'r1', reason: '', folds: 'x' } as const;
      await updateControl('m1', ports, (control) => moveChampion(control, move));
      await ports.lineage.putRun(sampleRun({ runId: 'r2' }));
      expect(await read(ports)).toEqual([entry('first', []), entry('c', [5])]);
    });

    test('of a run alone that there is a record of', async () => {
      const ports = await ledgered();
      expect(await rejection(writeRunFolds('m1', 'none', [], ports))).toMatchObject({
        name: 'UnknownRun',
        message: expect.stringContaining('none'),
      });
      expect(await ports.objects.get('models/m1/splits/none.jsonl')).toBeUndefined();
    });

    test('of a model without any, by the digests beside it and what erasing noted', async () => {
      const ports = memoryPorts();
      await writeLedgerSegment('old', 'create', [entry('a', [])], ports);
      const key = 'models/old/splits/create.jsonl';
      const erased = encodeJsonl([entry('b', [])]);
      await ports.objects.put(key, erased);
      expect(await rejection(readLedger('old', salt, null, ports))).toMatchObject({ name: 'CorruptArtifact' });
      await writeJson(ports.objects, 'models/old/splits/create.erased.json', {
        ...{ schemaVersion: 1, erased: 1 },
        digests: [digest(erased)],
      });
      expect(await readLedger('old', salt, null, ports)).toEqual([entry('b', [])]);
    });

    test('with the digests of all that a segment was beside it, each once', async () => {
      const ports = memoryPorts();
      for (const words of ['a', 'b', 'b']) await writeLedgerSegment('old', 'create', [entry(words, [])], ports);
      const beside = await ports.objects.get('models/old/splits/create.digests.json');
      expect(JSON.parse(new TextDecoder().decode(beside))).toEqual({
        schemaVersion: 1,
        digests: ['a', 'b'].map((words) => digest(encodeJsonl([entry(words, [])]))),
      });
    });

    test('and what cannot be read beside it is a fault, not nothing', async () => {
      const ports = await ledgered();
      await ports.objects.put('models/m1/splits/r1.erased.json', new TextEncoder().encode('{'));
      await ports.objects.put(runs, encodeJsonl([entry('b', [4])]));
      expect(await rejection(read(ports))).toMatchObject({ name: 'CorruptArtifact' });
      const failing = {
        ...ports,
        objects: Object.assign(Object.create(ports.objects), {
          list: (prefix: string) => ports.objects.list(prefix),
          get: async (of: string) => {
            if (of.endsWith('.erased.json')) throw new RatchetError('StorageFailure', 'The disk is away.');
            return ports.objects.get(of);
          },
        }),
      };
      expect(await rejection(readLedger('m1', salt, null, failing))).toMatchObject({ name: 'StorageFailure' });
    });

    test('with what erasing noted beside it, unless the note goes on from something else', async () => {
      const ports = await ledgered();
      const written = (await ports.objects.get(runs)) ?? new Uint8Array();
      const erased = encodeJsonl([entry('b', [4])]);
      await ports.objects.put(runs, erased);
      const note = (digests: readonly string[]) =>
        writeJson(ports.objects, 'models/m1/splits/r1.erased.json', { schemaVersion: 1, erased: 1, digests });
      await note([digest('of another'), digest(erased)]);
      expect(await rejection(read(ports))).toMatchObject({ name: 'CorruptArtifact' });
      await note([digest(written), digest(erased)]);
      expect(await read(ports)).toEqual([entry('first', []), entry('b', [4])]);
    });

    test('wherever its writing was broken off, and it is written again otherwise', async () => {
      for (const at of ['put models/m1/splits/r1.digests.json', `put ${runs}`, 'putRun']) {
        for (const again of [[entry('c', [5])], [entry('a', [3]), entry('b', [4])]]) {
          const ports = await ledgered();
          const killed = {
            ...ports,
            objects: Object.assign(Object.create(ports.objects), {
              get: (key: string) => ports.objects.get(key),
              put: async (key: string, body: Uint8Array) => {
                if (at === `put ${key}`) throw new Error('killed');
                await ports.objects.put(key, body);
              },
            }),
            lineage: Object.assign(Object.create(ports.lineage), {
              getRun: (runId: string) => ports.lineage.getRun(runId),
              putRun: async (run: Run) => {
                if (at === 'putRun') throw new Error('killed');
                await ports.lineage.putRun(run);
              },
            }),
          };
          await writeRunFolds('m1', 'r1', [entry('d', [6])], killed).catch(() => undefined);
          expect([at, (await read(ports)).length]).toEqual([at, 3]);
          await writeRunFolds('m1', 'r1', again, ports);
          expect(await read(ports)).toEqual([entry('first', []), ...again]);
        }
      }
    });
  });

  test('takes in segments of sides, which lie where they always lay, beside those of folds', async () => {
    const ports = memoryPorts();
    const sided = (words: string, side: string, trained: boolean) => ({
      words,
      groupId: `group of ${words}`,
      side,
      trained,
    });
    const created = [sided('trained', 'train', true)];
    const run = [
      sided('a', 'train', false),
      sided('b', 'validation', false),
      sided('c', 'test', false),
      sided('d', 'none', false),
    ];
    await ports.objects.put('models/mail/splits/create.jsonl', encodeJsonl(created));
    await ports.objects.put('models/mail/splits/run-1.jsonl', encodeJsonl(run));
    await writeLedgerSegment('mail', 'run-2', [entry('e', [3])], ports);
    const ledger = await readLedger('mail', salt, null, ports);
    expect(Object.fromEntries(ledger.map(({ words, folds, use }) => [words, { folds, use }]))).toEqual({
      trained: { folds: [], use: 'none' },
      a: { folds: [], use: 'none' },
      b: { folds: [foldOf('group of b', salt)], use: 'evidence' },
      c: { folds: [foldOf('group of c', salt)], use: 'evidence' },
      d: { folds: allFolds, use: 'none' },
      e: { folds: [3], use: 'evidence' },
    });
    expect(await readLedger('mail', salt, null, ports)).toEqual(ledger);
  });

  test('brings near-duplicates together that two earlier runs had held out in groups of their own', async () => {
    const ports = memoryPorts();
    const heldOut = (words: string, groupId: string) => ({ words, groupId, side: 'test', trained: false });
    await ports.objects.put('models/mail/splits/run-1.jsonl', encodeJsonl([heldOut('a b c d e f', 'one')]));
    await ports.objects.put('models/mail/splits/run-2.jsonl', encodeJsonl([heldOut('a b c d e f g', 'two')]));
    const ledger = await readLedger('mail', salt, null, ports);
    expect(ledger.map(({ groupId, folds }) => [groupId, folds])).toEqual([
      ['one', [foldOf('one', salt)]],
      ['one', [foldOf('one', salt)]],
    ]);
  });

  test('names the line that is of neither form', async () => {
    const ports = memoryPorts();
    await ports.objects.put('models/mail/splits/run-1.jsonl', encodeJsonl([entry('a', [3]), { words: 'b' }]));
    const fault = await rejection(readLedger('mail', salt, null, ports));
    expect(fault).toMatchObject({ name: 'CorruptArtifact' });
    expect(String(fault)).toContain('models/mail/splits/run-1.jsonl, line 2');
  });
});
