import { expect, test } from 'vitest';
import { loggedAudit } from '../../../../functions/serve/audit.ts';

test('what was done and what was refused are structured lines of the function’s log', async () => {
  const lines: unknown[] = [];
  const audit = loggedAudit({ info: (...line) => void lines.push(line) });
  const entry = { action: 'undo' as const, model: 'm1', caller: 'ana', signed: ['ana'], count: 2, id: 'review-1' };
  await audit.append(entry);
  audit.refused({ status: 403, caller: 'shop', model: 'm1', right: 'run' });
  expect(lines).toEqual([
    ['audit', { audit: entry }],
    ['audit', { audit: { action: 'refused', status: 403, caller: 'shop', model: 'm1', right: 'run', count: 1 } }],
  ]);
});
