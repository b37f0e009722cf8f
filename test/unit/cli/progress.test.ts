import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress, type ProgressUi } from '../../../cli/progress.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function progressTo(options: { interactive: boolean; patienceMs?: number }): { ui: ProgressUi; written: () => string } {
  const stream = Object.assign(new PassThrough(), { columns: 60 });
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { ui: createProgress({ stream, ...options }), written: () => text };
}

describe('progress in a log', () => {
  test('has one line at start and end of a stage, and no control characters', () => {
    const { ui, written } = progressTo({ interactive: false });
    ui.stageStarted('train', '600 examples');
    vi.advanceTimersByTime(4_000);
    ui.stageFinished('train', 'score 0.91');
    expect(written()).toBe('• train — 600 examples\n✔ train — score 0.91 (4 s)\n');
  });

  test('has at most one line every five seconds in between, with counts and the time left', () => {
    const { ui, written } = progressTo({ interactive: false });
    ui.stageStarted('train');
    for (let done = 1; done <= 100; done += 1) {
      vi.advanceTimersByTime(100);
      ui.stageProgress('train', done, 200, 'epochs');
    }
    const lines = written().trim().split('\n').slice(1);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('  train: 50 of 200 epochs (25 %), about 15 s left');
  });

  test('has at most one line every five seconds of all stages together', () => {
    const { ui, written } = progressTo({ interactive: false });
    for (const name of ['a', 'b', 'c']) ui.stageStarted(name);
    for (let done = 1; done <= 40; done += 1) {
      vi.advanceTimersByTime(250);
      for (const name of ['a', 'b', 'c']) ui.stageProgress(name, done, 400, 'rows');
    }
    expect(written().trim().split('\n').slice(3)).toHaveLength(2);
  });

  test('says nothing of work that ends sooner than its patience', () => {
    const { ui, written } = progressTo({ interactive: false, patienceMs: 2_000 });
    ui.stageStarted('ingest');
    vi.advanceTimersByTime(1_900);
    ui.stageProgress('ingest', 500, 0, 'lines');
    ui.stageFinished('ingest', '');
    expect(written()).toBe('');
  });

  test('makes texts from outside harmless', () => {
    const { ui, written } = progressTo({ interactive: false });
    ui.note('red \u001b[31m alert');
    expect(written()).toBe('  red \\u001b[31m alert\n');
  });

  test('names a stage that was completed before', () => {
    const { ui, written } = progressTo({ interactive: false });
    ui.stageStarted('triage');
    ui.stagePassedOver('triage');
    expect(written()).toContain('✔ triage — done before, passed over');
  });
});

describe('progress on a terminal', () => {
  test('draws one line a running stage, no wider than the terminal, and takes them away in the end', () => {
    const { ui, written } = progressTo({ interactive: true });
    ui.stageStarted('train a', 'x'.repeat(100));
    ui.stageStarted('train b');
    ui.stageProgress('train b', 1, 4, 'epochs');
    vi.advanceTimersByTime(100);
    const drawn = written().trimEnd().split('\n');
    expect(drawn).toHaveLength(2);
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(60);
    expect(drawn[1]).toContain('train b: 1 of 4 epochs (25 %)');
    ui.stop();
    expect(written().endsWith('\u001b[2A\u001b[1G\u001b[0J')).toBe(true);
  });

  test('shows counts in place of what was known at the start', () => {
    const { ui, written } = progressTo({ interactive: true });
    ui.stageStarted('confirm-weaknesses', '23 items');
    ui.stageProgress('confirm-weaknesses', 7.4, 23, 'items');
    vi.advanceTimersByTime(100);
    expect(written().trimEnd()).toMatch(/confirm-weaknesses: 7 of 23 items \(32 %\)$/);
  });

  test('draws nothing any more once it is stopped', () => {
    const { ui, written } = progressTo({ interactive: true });
    ui.stageStarted('train');
    ui.stop();
    const before = written();
    vi.advanceTimersByTime(1_000);
    expect(written()).toBe(before);
  });
});
