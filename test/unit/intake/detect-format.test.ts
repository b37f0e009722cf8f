import { describe, expect, test } from 'vitest';
import { createFormats } from '../../../shared/composition/create-formats.ts';
import { detectFormat } from '../../../shared/intake/detect-format.ts';
import { rejection } from '../../helpers/rejection.ts';
import { bytesOf } from './bytes.ts';

const formats = createFormats();
const detect = (content: string | Uint8Array, wanted: string | null = null) =>
  detectFormat(bytesOf(content), 'the file', formats, wanted);

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('detectFormat', () => {
  test('takes JSON lines for those of Ratchet, and gives the whole file on', async () => {
    const content = `{"traceId": "t1", "input": "${'x'.repeat(100_000)}"}\n{"traceId": "t2"}\n`;
    const found = await detect(content);
    expect(found?.format.name).toBe('ratchet');
    expect(await textOf(found?.chunks ?? bytesOf(''))).toBe(content);
  });

  test('drops a byte order mark before the format looks', async () => {
    const found = await detect('\ufeff{"traceId": "t1"}\n');
    expect(await textOf(found?.chunks ?? bytesOf(''))).toBe('{"traceId": "t1"}\n');
  });

  test.each(['', '\n \n', '\ufeff'])('finds nothing to do in a file without content', async (content) => {
    expect(await detect(content)).toBeNull();
  });

  test.each([
    ['<!DOCTYPE html><html><body>Sign in</body></html>', 'is a web page (HTML)'],
    ['<?xml version="1.0"?><a/>', 'is XML'],
    ['%PDF-1.7', 'is a PDF'],
    ['BZh91AY&SY', 'is packed with bzip2'],
    [Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'is packed with xz'],
    [Uint8Array.of(0xff, 0xfe, 0x7b, 0), 'is text in UTF-16'],
    [Uint8Array.of(1, 2, 0, 3), 'holds binary data'],
    ['Dear all,\nplease see below.\n', 'is in no format that is known here'],
  ])('says in one sentence what it cannot read, with the way out: %.12s', async (content, sentence) => {
    const error = await rejection(detect(content));
    expect(error.name).toBe('InvalidInput');
    expect(error.message).toContain(`the file ${sentence}`);
    expect(error.mend).not.toBe('');
  });

  test('takes the format that is named, and refuses a name that is none', async () => {
    expect((await detect('Dear all,\n', 'ratchet'))?.format.name).toBe('ratchet');
    const error = await rejection(detect('{}', 'rachet'));
    expect(error.mend).toContain('ratchet');
  });
});
