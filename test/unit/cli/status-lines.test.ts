import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../../../cli/results.ts';
import { sinceVerdict, statusLines } from '../../../cli/status-lines.ts';
import { rate } from '../../helpers/report-data.ts';

type Since = NonNullable<CommandResult<'status'>['since']>;

function since(change: Partial<Since> = {}): Since {
  const figures = {
    verdict: '',
    judged: 240,
    nearEarlier: 20,
    undecided: 0,
    repeated: 8,
    champion: rate(193, 212),
    predecessor: rate(180, 212),
    gained: 20,
    lost: 7,
    better: 0.0096,
    worse: 0.9974,
    missing: 0,
    ...change,
  };
  return { ...figures, verdict: sinceVerdict('promote', figures) };
}

describe('sinceVerdict', () => {
  test.each([
    [{}, 'its predecessor in 84.9 %: better, p = 0.010.'],
    [{ better: 0.99, worse: 0.0001 }, 'its predecessor in 84.9 %: worse, p < 0.001.'],
    [{ better: 0.051, worse: 0.97 }, 'no difference is proven, p = 0.051 for better, p = 0.970 for worse.'],
    [{ predecessor: null, better: null, worse: null }, 'in 91.0 %; it has no predecessor to compare with.'],
  ])('is a plain sentence: %j', (change, end) => {
    const { verdict } = since(change);
    expect(verdict).toMatch(/^On 212 judged traces since the promotion the champion is right in 91\.0 %/);
    expect(verdict.endsWith(end)).toBe(true);
  });

  test('says how many more are needed where there are too few', () => {
    expect(since({ champion: rate(10, 12), missing: 8 }).verdict).toBe(
      'Only 12 judged traces since the promotion can be counted: 8 more, unlike any before, are needed to tell how the champion does.',
    );
    const none = { ...since(), champion: rate(0, 0), missing: 20 };
    expect(sinceVerdict('rollback', none)).toContain('No judged trace since it was moved back can be counted: 20 more');
  });
});

describe('statusLines', () => {
  const status: CommandResult<'status'> = {
    model: 'mail',
    champion: {
      checkpoint: 'c2',
      since: '2026-03-04T09:58:41.000Z',
      how: 'promote',
      by: 'run-1',
      predecessor: 'c1',
    },
    since: since({ undecided: 3 }),
    lastRun: {
      run: 'run-2',
      status: 'finished',
      decision: 'kept',
      reason: 'No gain.\u001b[2J',
      startedAt: '2026-03-05T00:00:00Z',
      finishedAt: null,
    },
    active: { run: 'run-3', owner: 'host:1', until: '2026-03-06T00:00:00.000Z' },
  };

  test('say who is champion, how it does, what the last run decided, and which is going on', () => {
    expect(statusLines(status)).toEqual([
      'mail: champion c2 since 2026-03-04T09:58:41.000Z, promoted by run run-1 in place of c1.',
      status.since?.verdict,
      '  champion:    91.0 % (86.4 % to 94.2 %), 193 of 212',
      '  predecessor: 84.9 % (79.5 % to 89.1 %), 180 of 212',
      '  only the champion is right 20 times, only its predecessor 7 times',
      '  left out of 240 judged traces: 20 near earlier traces or examples, 8 near one that counts, 3 without a right answer to hold both against, which flatters the champion',
      'Last run run-2: kept. No gain.\\u001b[2J',
      'Run run-3 is going on: host:1 holds the lease until 2026-03-06T00:00:00.000Z.',
    ]);
  });

  test('say that there is no champion, no run, and nobody at work', () => {
    expect(statusLines({ model: 'mail', champion: null, since: null, lastRun: null, active: null })).toEqual([
      'mail: no champion yet.',
      'No run so far.',
      'No run is going on.',
    ]);
  });

  test('give no rates where there are too few traces', () => {
    const few = since({ champion: rate(3, 5), missing: 15, nearEarlier: 0, repeated: 0 });
    expect(statusLines({ ...status, since: few }).slice(1, -2)).toEqual([few.verdict]);
  });
});
