import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOutput, describeFault } from '../../../cli/output.ts';
import { jsonLine, printable, printableLine } from '../../../cli/printable.ts';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { anyText } from '../intake/any-text.ts';

const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('texts for a terminal', () => {
  test('hold no control or direction character, whatever came in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(harmful);
        expect(printableLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect(jsonLine({ text })).not.toMatch(harmful);
      }),
    );
  });

  test('as JSON mean what they meant', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
      }),
    );
  });

  test('are cut to a length', () => {
    expect(printableLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`);
  });
});

describe('faults', () => {
  const known = new RatchetError('UnknownModel', 'There is no model named mail.', {
    mend: 'Register it.',
    cause: new Error('deep'),
  });

  test('of ours show name, message and mend without a stack', () => {
    expect(describeFault(known, false)).toBe('UnknownModel: There is no model named mail.\nRegister it.');
  });

  test('of others say how to get the stack', () => {
    const text = describeFault(new TypeError('x is undefined'), false);
    expect(text).toContain('x is undefined');
    expect(text).toContain('RATCHET_DEBUG=1');
    expect(text).not.toContain(' at ');
  });

  test('show stacks and causes when debugging', () => {
    expect(describeFault(known, true)).toMatch(/ at [\s\S]*Caused by: Error: deep/);
  });
});

describe('output', () => {
  test('puts results on stdout and prose on stderr', async () => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const output = createOutput({ stdout, stderr }, { json: true, debug: false });
    await output.result({ model: 'mail' }, ['Model mail.']);
    output.say('Next: ratchet run mail');
    expect(stdout.read().toString()).toBe('{"model":"mail"}\n');
    expect(stderr.read().toString()).toBe('Next: ratchet run mail\n');
  });
});
