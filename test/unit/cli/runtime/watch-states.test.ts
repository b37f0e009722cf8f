import { describe, expect, test } from 'vitest';
import type { ProgressUi } from '../../../../cli/progress.ts';
import { watchStates } from '../../../../cli/runtime/watch-states.ts';

function watched(verbose = false) {
  const told: string[] = [];
  const tell =
    (kind: string) =>
    (...words: readonly unknown[]): void => {
      told.push([kind, ...words].join(' ').trim());
    };
  const ui: ProgressUi = {
    stageStarted: tell('started'),
    stageProgress: tell('progress'),
    stageFinished: tell('finished'),
    stageFailed: tell('failed'),
    stagePassedOver: tell('passed over'),
    note: tell('note'),
    stop: tell('stop'),
  };
  return { told, watcher: watchStates(ui, { verbose }) };
}

describe('the states of a run, as people see them', () => {
  test('have a line each, with the counts and verdicts of their output', () => {
    const { told, watcher } = watched();
    watcher.stateStarted('gate-candidates', 'all', null);
    watcher.stateProgress('gate-candidates', 'all', 1, 2, 'sets');
    watcher.stateFinished(
      'gate-candidates',
      'all',
      { score: 0.5, championScore: 1, outcome: 'rejected', key: 'a/b', sets: { tests: 3, items: [7] } },
      false,
    );
    expect(told).toEqual([
      'started gate-candidates',
      'progress gate-candidates 1 2 sets',
      'finished gate-candidates score 0.5000, champion score 1, outcome rejected, tests 3',
    ]);
  });

  test('of a Map are counted in one line, with what their items came to', () => {
    const { told, watcher } = watched();
    for (const item of ['a', 'b', 'c']) watcher.stateStarted('confirm-weaknesses', item, 3);
    watcher.stateProgress('confirm-weaknesses', 'b', 1, 4, 'probes');
    watcher.stateFinished('confirm-weaknesses', 'a', { verdict: 'confirmed' }, false);
    watcher.stateFinished('confirm-weaknesses', 'b', { verdict: 'refuted' }, false);
    watcher.stateFinished('confirm-weaknesses', 'c', { verdict: 'confirmed' }, true);
    expect(told).toEqual([
      'started confirm-weaknesses 3 items',
      'progress confirm-weaknesses 0.25 3 items',
      'progress confirm-weaknesses 1.25 3 items',
      'progress confirm-weaknesses 2 3 items',
      'finished confirm-weaknesses 3 items, 2 confirmed, 1 refuted, 1 done before',
    ]);
  });

  test('of a Map that was complete before are passed over in one line, and begin anew in the next iteration', () => {
    const { told, watcher } = watched();
    for (const passedOver of [true, false]) {
      watcher.stateStarted('train-candidates', 'x', 1);
      watcher.stateFinished('train-candidates', 'x', { examples: 7 }, passedOver);
    }
    expect(told).toEqual([
      'started train-candidates 1 item',
      'passed over train-candidates',
      'started train-candidates 1 item',
      'finished train-candidates 1 item',
    ]);
  });

  test('of a Map that fail are named, and the others go on', () => {
    const { told, watcher } = watched();
    watcher.stateStarted('train-candidates', 'x', 2);
    watcher.stateStarted('train-candidates', 'y', 2);
    watcher.stateFailed('train-candidates', 'x', new Error('full disk'), 1);
    watcher.stateFinished('train-candidates', 'y', {}, false);
    watcher.stateStarted('train-candidates', 'x', 2);
    watcher.stateFinished('train-candidates', 'x', {}, false);
    expect(told).toEqual([
      'started train-candidates 2 items',
      'failed train-candidates x Error: full disk It is tried again in a few seconds, once at most.',
      'progress train-candidates 1 2 items',
      'finished train-candidates 2 items',
    ]);
  });

  test('of a Map have one line until the last has finished, though one that is all but done has to be tried again', () => {
    const { told, watcher } = watched();
    for (const item of ['x', 'y']) watcher.stateStarted('train-candidates', item, 2);
    watcher.stateProgress('train-candidates', 'x', 4, 4, 'steps');
    watcher.stateFinished('train-candidates', 'y', {}, false);
    watcher.stateFailed('train-candidates', 'x', new Error('full disk'), 1);
    watcher.stateStarted('train-candidates', 'x', 2);
    watcher.stateProgress('train-candidates', 'x', 1, 4, 'steps');
    watcher.stateFinished('train-candidates', 'x', {}, false);
    expect(told).toEqual([
      'started train-candidates 2 items',
      'progress train-candidates 1 2 items',
      'progress train-candidates 2 2 items',
      'failed train-candidates x Error: full disk It is tried again in a few seconds, once at most.',
      'progress train-candidates 1.25 2 items',
      'finished train-candidates 2 items',
    ]);
  });

  test('of a Map count once, though one is told of twice', () => {
    const { told, watcher } = watched();
    for (const item of ['x', 'y']) watcher.stateStarted('train-candidates', item, 2);
    for (const item of ['x', 'x', 'y']) watcher.stateFinished('train-candidates', item, {}, false);
    expect(told.filter((line) => !line.startsWith('progress'))).toEqual([
      'started train-candidates 2 items',
      'finished train-candidates 2 items',
    ]);
  });

  test('of a Map have a line an item when each is wanted', () => {
    const { told, watcher } = watched(true);
    watcher.stateStarted('confirm-weaknesses', 'a', 2);
    watcher.stateFinished('confirm-weaknesses', 'a', { verdict: 'confirmed' }, false);
    expect(told).toEqual(['started confirm-weaknesses a', 'finished confirm-weaknesses a verdict confirmed']);
  });
});
