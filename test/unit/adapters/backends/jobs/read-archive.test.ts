import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArchive } from '../../../../../shared/adapters/backends/jobs/read-archive.ts';

let root: string;
let bytes: Uint8Array;
const long = `${'folder/'.repeat(15)}name.bin`;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-archive-'));
  mkdirSync(join(root, 'in', 'folder/'.repeat(15)), { recursive: true });
  writeFileSync(join(root, 'in', 'a.json'), '{"a": 1}');
  writeFileSync(join(root, 'in', long), Buffer.alloc(1_000, 7));
  execFileSync('tar', ['--format=ustar', '-cf', join(root, 'out.tar'), 'a.json', long], { cwd: join(root, 'in') });
  bytes = readFileSync(join(root, 'out.tar'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('an archive of a training job', () => {
  it('gives its files by name, as another program wrote them', () => {
    const files = readArchive(bytes);
    expect([...files.keys()]).toEqual(['a.json', long]);
    expect(Buffer.from(files.get('a.json') ?? []).toString()).toBe('{"a": 1}');
    expect(files.get(long)).toEqual(Buffer.alloc(1_000, 7));
  });

  it('is refused where it is cut, or is something else', () => {
    fc.assert(
      fc.property(fc.nat(2_500), (at) => {
        expect(() => readArchive(bytes.subarray(0, at))).toThrow(RangeError);
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }).filter((one) => one.some((byte) => byte > 0)),
        (any) => {
          expect(() => readArchive(any)).toThrow(RangeError);
        },
      ),
    );
  });
});
