import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { rejection } from '../helpers/rejection.ts';

export interface ObjectStoreFixture {
  readonly objects: ObjectStore;
  dispose(): Promise<void>;
}

const badKeys = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  '.tmp/a',
  'a/.hidden',
  'a b',
  'a\\b',
  'a\0b',
  'é',
  "a'; DROP TABLE traces; --",
  '\u001b[31ma',
  'a\nb',
  `${'a'.repeat(256)}`,
  'a/'.repeat(600).slice(0, -1),
];

/** What every object store does. */
export function objectStoreContract(name: string, create: () => Promise<ObjectStoreFixture>): void {
  describe(`${name} as an object store`, () => {
    let fixture: ObjectStoreFixture;
    let objects: ObjectStore;
    beforeEach(async () => {
      fixture = await create();
      objects = fixture.objects;
    });
    afterEach(() => fixture.dispose());

    test('gives nothing for a key that was never written', async () => {
      expect(await objects.get('run/none')).toBeUndefined();
      expect(await objects.list('')).toEqual([]);
      expect(await objects.list('run/')).toEqual([]);
      await objects.delete('run/none');
    });

    test('gives back any bytes as they were put', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (body) => {
          await objects.put('any/bytes', body);
          expect(await objects.get('any/bytes')).toEqual(Uint8Array.from(body));
        }),
        { numRuns: 50 },
      );
    });

    test('keeps its own copy of what was put and what it gave', async () => {
      const body = bytes('first');
      await objects.put('a', body);
      body.fill(0);
      (await objects.get('a'))?.fill(0);
      expect(await objects.get('a')).toEqual(bytes('first'));
    });

    test('replaces the whole object, with a longer or a shorter one', async () => {
      for (const text of ['middle', 'much longer than before', 'x', '']) {
        await objects.put('a/b.json', bytes(text));
        expect(await objects.get('a/b.json')).toEqual(bytes(text));
      }
    });

    test('writes only the first time when asked to write if absent', async () => {
      expect(await objects.putIfAbsent('a/b', bytes('first'))).toBe(true);
      expect(await objects.putIfAbsent('a/b', bytes('second'))).toBe(false);
      expect(await objects.get('a/b')).toEqual(bytes('first'));
    });

    test('lets exactly one of many concurrent writers be the first', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 2, max: 12 }), fc.uuid(), async (writers, key) => {
          const attempts = Array.from({ length: writers }, (_, index) =>
            objects.putIfAbsent(`race/${key}`, bytes(`${index}`)),
          );
          const won = await Promise.all(attempts);
          expect(won.filter(Boolean)).toHaveLength(1);
          expect(await objects.get(`race/${key}`)).toEqual(bytes(`${won.indexOf(true)}`));
        }),
        { numRuns: 20 },
      );
    });

    test('shows a reader one whole version while it is overwritten', async () => {
      const versions = [new Uint8Array(200_000).fill(1), new Uint8Array(300_000).fill(2)];
      await objects.put('a', versions[0] ?? new Uint8Array());
      const writes = Array.from({ length: 10 }, (_, index) =>
        objects.put('a', versions[index % 2] ?? new Uint8Array()),
      );
      const reads = Array.from({ length: 10 }, () => objects.get('a'));
      for (const body of await Promise.all(reads)) {
        expect(versions.some((version) => Buffer.from(version).equals(body ?? Buffer.alloc(0)))).toBe(true);
      }
      await Promise.all(writes);
    });

    test('lists the keys that begin with a prefix, sorted, whatever part of a name it ends in', async () => {
      for (const key of ['b', 'a/2', 'a/10', 'a/1/x.json', 'ab/1', 'a=1/y']) await objects.put(key, bytes(key));
      expect(await objects.list('')).toEqual(['a/1/x.json', 'a/10', 'a/2', 'a=1/y', 'ab/1', 'b']);
      expect(await objects.list('a/')).toEqual(['a/1/x.json', 'a/10', 'a/2']);
      expect(await objects.list('a/1')).toEqual(['a/1/x.json', 'a/10']);
      expect(await objects.list('a')).toEqual(['a/1/x.json', 'a/10', 'a/2', 'a=1/y', 'ab/1']);
      expect(await objects.list('b')).toEqual(['b']);
      expect(await objects.list('b/')).toEqual([]);
      expect(await objects.list('a/2/')).toEqual([]);
      expect(await objects.list('none/at/all')).toEqual([]);
    });

    test('lists what a model of a set of keys would, after any writes and removals', async () => {
      const part = fc.constantFrom('a', 'b', 'date=2026-01-01', 'x.json', 'A_1');
      const key = fc.tuple(part, part, part).map((parts) => parts.join('/'));
      const step = fc.record({ key, remove: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(8), async (steps, cut) => {
          for (const old of await objects.list('')) await objects.delete(old);
          const expected = new Set<string>();
          for (const { key: at, remove } of steps) {
            await (remove ? objects.delete(at) : objects.put(at, bytes(at)));
            if (remove) expected.delete(at);
            else expected.add(at);
          }
          const prefix = steps[0]?.key.slice(0, cut) ?? '';
          expect(await objects.list(prefix)).toEqual([...expected].filter((at) => at.startsWith(prefix)).sort());
        }),
        { numRuns: 25 },
      );
    });

    test('forgets a removed object, which may then be written anew', async () => {
      await objects.put('a/b', bytes('x'));
      await objects.delete('a/b');
      await objects.delete('a/b');
      expect(await objects.get('a/b')).toBeUndefined();
      expect(await objects.list('a/')).toEqual([]);
      expect(await objects.putIfAbsent('a/b', bytes('y'))).toBe(true);
    });

    test('hands out a local file with the bytes of the object', async () => {
      await objects.put('a/b', bytes('text'));
      const seen = await objects.withLocalFile('a/b', async (path) => (await readFile(path)).toString());
      expect(seen).toBe('text');
    });

    test('passes on what the user of a local file throws', async () => {
      await objects.put('a', bytes('text'));
      const failing = objects.withLocalFile('a', async () => {
        throw new RangeError('mine');
      });
      await expect(failing).rejects.toThrow(new RangeError('mine'));
    });

    test('names the key of a local file that is missing', async () => {
      const error = await rejection(objects.withLocalFile('run/none', async () => 1));
      expect(error.name).toBe('ObjectMissing');
      expect(error.message).toContain('run/none');
    });

    test.each(badKeys)('refuses the key %j everywhere', async (key) => {
      for (const work of [
        () => objects.get(key),
        () => objects.put(key, bytes('x')),
        () => objects.putIfAbsent(key, bytes('x')),
        () => objects.delete(key),
        () => objects.withLocalFile(key, async () => 1),
      ]) {
        expect((await rejection(work())).name).toBe('InvalidInput');
      }
      expect(await objects.list('')).toEqual([]);
    });

    test.each(['../', '..', 'a/../', '.tmp/', '/', 'a//', 'a b', '*'])(
      'refuses to list the prefix %j',
      async (prefix) => {
        expect((await rejection(objects.list(prefix))).name).toBe('InvalidInput');
      },
    );

    test('takes any text as a key, or refuses it as invalid input', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (key) => {
          const outcome = await objects.put(`x/${key}`, bytes('v')).then(
            () => 'stored',
            (error: unknown) => (error instanceof Error ? error.name : 'other'),
          );
          if (outcome === 'stored') expect(await objects.get(`x/${key}`)).toEqual(bytes('v'));
          else expect(outcome).toBe('InvalidInput');
          await (outcome === 'stored' ? objects.delete(`x/${key}`) : undefined);
        }),
        { numRuns: 100 },
      );
    });
  });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
