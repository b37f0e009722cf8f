import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultText, readFaultText } from '../../../../shared/domain/base/fault-text.ts';

test('message and mend come back from their text', () => {
  fc.assert(
    fc.property(fc.string(), fc.stringMatching(/^[^\n]*$/), (message, mend) => {
      expect(readFaultText(faultText({ message, mend }))).toEqual({ message, mend });
    }),
  );
});

test('a text without a mend is all message', () => {
  expect(readFaultText('RequestId: 1 Error: Runtime exited')).toEqual({
    message: 'RequestId: 1 Error: Runtime exited',
  });
});
