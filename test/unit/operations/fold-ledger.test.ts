import { describe, expect, test } from 'vitest';
import { allFolds, foldOf, type LedgerEntry } from '../../../shared/domain/evaluation/ledger.ts';
import { readLedger, writeLedgerSegment } from '../../../shared/operations/fold-ledger.ts';
import { encodeJsonl } from '../../../shared/ports/documents.ts';
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
