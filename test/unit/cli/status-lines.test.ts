import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../../../cli/results.ts';
import { sinceVerdict, statusLines } from '../../../cli/status-lines.ts';
import { rate } from '../../helpers/report-data.ts';

type Since = NonNullable<CommandResult<'status'>['since']>;

function since(change: Partial<Since> = {}): Since {
  const figures = {
    verdict: '',
    traces: 300,
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
    expect(sinceVerdict('rollback', none)).toContain('No judged trace since the rollback can be counted: 20 more');
  });
});

const noTraffic = { traces: 0, judged: 0, failed: 0, lastAt: null };
const health: CommandResult<'status'>['health'] = {
  traffic: noTraffic,
  overTime: { days: 1, stretches: [] },
  sinceLastRun: noTraffic,
  next: { due: false, reason: 'Nothing new so far.' },
  missing: { failures: 20, records: 50 },
};

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
    watched: null,
    drift: null,
    lastRun: {
      run: 'run-2',
      status: 'finished',
      decision: 'kept',
      reason: 'No gain.\u001b[2J',
      startedAt: '2026-03-05T00:00:00Z',
      finishedAt: null,
    },
    active: { run: 'run-3', owner: 'host:1', until: '2026-03-06T00:00:00.000Z' },
    health,
    review: null,
    serving: null,
  };

  test('say who is champion, how it does, what the last run decided, and which is going on', () => {
    expect(statusLines(status)).toEqual([
      'mail: champion c2 since 2026-03-04T09:58:41.000Z, promoted by run run-1 in place of c1.',
      status.since?.verdict,
      '  champion:    91.0 % (86.4 % to 94.2 %), 193 of 212',
      '  predecessor: 84.9 % (79.5 % to 89.1 %), 180 of 212',
      '  only the champion is right 20 times, only its predecessor 7 times',
      '  left out of 240 judged traces: 20 near earlier traces or examples, 8 near one that counts, 3 without a right answer to hold both against, which flatters the champion',
      'Traffic: no traces yet.',
      'Last run run-2 (kept): No gain.\\u001b[2J',
      'Run run-3 is going on: host:1 holds the lease until 2026-03-06T00:00:00.000Z.',
    ]);
  });

  test('separate the thousands of large numbers', () => {
    const traffic = { traces: 102_000, judged: 102_000, failed: 20_400, lastAt: '2026-03-03T12:00:00Z' };
    expect(statusLines({ ...status, health: { ...health, traffic } })).toContain(
      'Traffic: 102,000 traces, 102,000 judged (100.0 %), 20,400 of them failed (20.0 %).',
    );
  });

  test('say how a run that was broken off goes on', () => {
    const { lastRun } = status;
    if (lastRun === null) throw new Error('no run');
    const running = { ...lastRun, status: 'running' as const, decision: null, reason: null };
    expect(statusLines({ ...status, active: null, lastRun: running })).toEqual(
      expect.arrayContaining(['Last run run-2: broken off; ratchet run mail goes on with it.', 'No run is going on.']),
    );
  });

  test('say what came of the last run, and why where that is on record', () => {
    const { lastRun } = status;
    if (lastRun === null) throw new Error('no run');
    const lineOf = (change: Partial<typeof lastRun>) => statusLines({ ...status, lastRun: { ...lastRun, ...change } });
    expect(lineOf({ reason: 'the budget of $1 covers nothing' })).toContain(
      'Last run run-2 (kept): the budget of $1 covers nothing',
    );
    expect(lineOf({ reason: '' })).toContain('Last run run-2: kept.');
  });

  test('say last where the stack answers over HTTP', () => {
    const serving = 'https://abc.lambda-url.eu-west-1.on.aws/';
    expect(statusLines({ ...status, serving }).at(-1)).toBe(`Serving: ${serving}`);
  });

  test('say that there is no champion, no run, and nobody at work', () => {
    const nothing = {
      model: 'mail',
      champion: null,
      since: null,
      watched: null,
      drift: null,
      lastRun: null,
      active: null,
      health,
      review: null,
      serving: null,
    };
    expect(statusLines(nothing)).toEqual([
      'mail: no champion yet.',
      'Traffic: no traces yet.',
      'No run so far.',
      'No run is going on.',
      'Next: train the first checkpoint: ratchet create mail --examples FILE',
    ]);
  });

  test('say how much comes in and fails over time, what waits for review, and what the next run lacks', () => {
    const day = (from: string, traces: number, judged: number, failed: number) => ({ from, traces, judged, failed });
    const stretches = [day('2026-03-01', 100, 50, 5), day('2026-03-02', 0, 0, 0), day('2026-03-03', 200, 20, 4)];
    const lines = statusLines({
      ...status,
      active: null,
      health: {
        traffic: { traces: 300, judged: 70, failed: 9, lastAt: '2026-03-03T12:00:00Z' },
        overTime: { days: 1, stretches },
        sinceLastRun: { traces: 200, judged: 20, failed: 4, lastAt: '2026-03-03T12:00:00Z' },
        next: { due: false, reason: '4 traces were judged to fail since the last run began; a run begins at 50.' },
        missing: { failures: 11, records: 0 },
      },
      review: {
        run: 'run-2',
        suspects: 3,
        poison: 1,
        unknown: 7,
        reasons: [
          { why: 'people-disagree', count: 3 },
          { why: 'fail-without-correction', count: 90 },
        ],
        file: '/w/review.jsonl',
      },
    });
    expect(lines.slice(lines.indexOf('Traffic: 300 traces, 70 judged (23.3 %), 9 of them failed (12.9 %).'))).toEqual([
      'Traffic: 300 traces, 70 judged (23.3 %), 9 of them failed (12.9 %).',
      '  by day from 2026-03-01:',
      '  traces  ▅▁█  at most 200',
      '  judged  █·▂  50.0 % at first, 10.0 % now',
      '  failed  ▅·█  10.0 % at first, 20.0 % now',
      'Since the last run began: 200 traces, 20 judged (10.0 %), 4 of them failed (20.0 %).',
      'To review, by run run-2: 93 traces.',
      '  3: People disagree on what is right',
      '  90: Judged wrong, and nobody has said what is right',
      '  /w/review.jsonl',
      'Last run run-2 (kept): No gain.\\u001b[2J',
      'No run is going on.',
      'Next run: not yet. 4 traces were judged to fail since the last run began; a run begins at 50.',
      '  To decide, a run needs 11 more failures at least.',
    ]);
  });

  test('say what waits by the counts of triage where the run wrote no file, and that nothing waits where it is empty', () => {
    const review = { run: 'run-2', suspects: 3, poison: 0, unknown: 1, reasons: null, file: null };
    expect(statusLines({ ...status, review })).toContain(
      'To review, by run run-2: 3 suspect judgements, 1 answer that nobody can judge.',
    );
    const empty = { ...review, suspects: 0, reasons: [], file: '/w/review.jsonl' };
    const lines = statusLines({ ...status, review: empty });
    expect(lines).toContain('To review, by run run-2: nothing.');
    expect(lines.join()).not.toContain('/w/review.jsonl');
    expect(statusLines({ ...status, review: { ...review, file: '/w/review.jsonl' } })).toContain('  /w/review.jsonl');
  });

  test('name the command that makes a first checkpoint of judged traces', () => {
    const traffic = { traces: 600, judged: 500, failed: 100, lastAt: '2026-03-03T12:00:00Z' };
    const cold = { ...status, champion: null, since: null, active: null, health: { ...health, traffic } };
    expect(statusLines(cold).at(-1)).toBe('Next: 500 judged traces are here: ratchet create mail --from-traces');
  });

  test('give no rates where there are too few traces', () => {
    const few = since({ champion: rate(3, 5), missing: 15, nearEarlier: 0, repeated: 0 });
    expect(statusLines({ ...status, since: few }).slice(1, -3)).toEqual([few.verdict]);
  });
});
