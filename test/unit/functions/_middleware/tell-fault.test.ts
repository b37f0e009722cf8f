import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { lambdaFunction } from '../../../../functions/_middleware/lambda-function.ts';
import { errorTable, RatchetError } from '../../../../shared/domain/base/errors.ts';
import { readFaultText } from '../../../../shared/domain/base/fault-text.ts';
import { lambdaContext } from '../../../helpers/lambda-context.ts';

/** What Lambda tells of an error that a function throws. */
async function told(work: () => Promise<unknown>): Promise<{ errorType: string; errorMessage: string; all: string }> {
  const error = await lambdaFunction(work)({}, lambdaContext()).then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('no error was thrown');
  const all = JSON.stringify({ ...error, stack: error.stack, cause: error.cause, message: error.message });
  return { errorType: error.name, errorMessage: error.message, all };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what a function tells of a fault', () => {
  test('has the literal name that the state machine matches on, and the mend', async () => {
    const fault = await told(async () => {
      throw new RatchetError('LeaseHeld', 'Run r1 is active.', { mend: 'Wait for r1.' });
    });
    expect(fault.errorType).toBe('LeaseHeld');
    expect(readFaultText(fault.errorMessage)).toEqual({ message: 'Run r1 is active.', mend: 'Wait for r1.' });
  });

  test('calls bad input what zod refuses, without showing it', async () => {
    const fault = await told(async () => z.object({ run: z.string() }).parse({ run: 17, text: 'secret text' }));
    expect(fault.errorType).toBe('InvalidInput');
    expect(readFaultText(fault.errorMessage)).toMatchObject({
      message: expect.stringContaining('run'),
      mend: errorTable.InvalidInput.mend,
    });
    expect(fault.all).not.toContain('secret');
  });

  test('leaves out the cause, which may quote text of traces, in the log too', async () => {
    const written: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        written.push(String(chunk));
        return true;
      });
    }
    const fault = await told(async () => {
      throw new RatchetError('CorruptArtifact', 'a.jsonl, line 3: not JSON.', {
        cause: new SyntaxError('Unexpected token in "dear doctor, I have a rash"'),
      });
    });
    expect(fault.all).not.toContain('rash');
    vi.restoreAllMocks();
    expect(written.join('\n')).toContain('CorruptArtifact');
    expect(written.join('\n')).not.toContain('rash');
  });

  test('is a defect of its own name where it is none of ours', async () => {
    const fault = await told(async () => {
      throw new TypeError('x is not a function');
    });
    expect(fault).toMatchObject({ errorType: 'TypeError', errorMessage: 'x is not a function' });
  });
});
