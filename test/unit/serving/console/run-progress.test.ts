import { beforeAll, describe, expect, test } from 'vitest';
import { readMachineFile } from '../../../../cli/runtime/machine-file.ts';
import { loopGraph } from '../../../../shared/serving/console/loop-graph.ts';
import type { LoopGraph } from '../../../../shared/serving/console/messages.ts';
import { stageStates } from '../../../../shared/serving/console/run-progress.ts';

let graph: LoopGraph;
beforeAll(async () => {
  graph = loopGraph(JSON.parse(await readMachineFile()));
});

describe('the loop as a graph', () => {
  test('holds each stage once, from the lease to the report, and says what it does', () => {
    const names = graph.stages.map(({ name }) => name);
    expect(names).toHaveLength(22);
    expect([names[0], names.at(-1)]).toEqual(['take-lease', 'write-report']);
    expect(graph.stages.filter(({ what }) => what === '')).toEqual([]);
  });

  test('knows what is done for each of something, and what works side by side', () => {
    const of = (name: string) => graph.stages.find((stage) => stage.name === name);
    expect(of('answer-traces')?.each).toBe('chunk');
    expect(of('train-candidates')?.each).toBe('candidate');
    expect(of('gate-candidates')?.each).toBeNull();
    expect(of('prepare-next-dataset')?.column).toBe(of('train-candidates')?.column);
  });

  test('leads on over what only routes and waits, and back where another turn begins', () => {
    const from = (name: string) => graph.edges.filter((edge) => edge.from === name).map(({ to }) => to);
    expect(from('split-traces').sort()).toEqual(['analyze-failures', 'write-report']);
    expect(from('answer-traces')).toEqual(['judge-traces']);
    expect(from('write-report')).toEqual([]);
    expect(graph.edges.filter(({ back }) => back).map(({ from: a, to }) => [a, to])).toEqual(
      expect.arrayContaining([
        ['decide-next', 'synthesize-curriculum'],
        ['decide-next', 'plan-candidates'],
      ]),
    );
  });
});

describe('how far a run is', () => {
  const diagnosis = ['prepare-run', 'answer-traces', 'judge-traces', 'triage-traces', 'split-traces'];
  const rest = ['analyze-failures', 'build-taxonomy', 'confirm-weaknesses', 'inspect-lineage'];
  const turn = ['synthesize-curriculum', 'assemble-curriculum', 'plan-candidates', 'train-candidates'];
  const weighing = [
    'prepare-next-dataset',
    'evaluate-candidates',
    'judge-candidates',
    'gate-candidates',
    'decide-next',
  ];
  const done = (iteration: number, ...stages: readonly string[]) =>
    stages.map((stage) => ({ stage, iteration, item: 'all' }));
  const states = (given: Partial<Parameters<typeof stageStates>[0]>) => {
    const found = stageStates({ status: 'running', turn: 0, completed: [], sizes: {}, keeps: false, ...given }, graph);
    return (state: string) => found.filter((stage) => stage.state === state).map(({ name }) => name);
  };

  test('begins with the lease', () => {
    expect(states({})('now')).toEqual(['take-lease']);
  });

  test('goes on with what follows what is complete', () => {
    const of = states({ completed: done(0, 'prepare-run') });
    expect(of('done')).toEqual(['take-lease', 'prepare-run']);
    expect(of('now')).toEqual(['answer-traces']);
  });

  test('waits for all items of a stage', () => {
    const completed = [...done(0, 'prepare-run', 'answer-traces')];
    expect(states({ completed, sizes: { chunk: 2 } })('now')).toEqual(['answer-traces']);
    expect(states({ completed, sizes: { chunk: 1 } })('now')).toEqual(['judge-traces']);
  });

  test('shows what works side by side', () => {
    const completed = [...done(0, ...diagnosis, ...rest), ...done(1, ...turn.slice(0, 3))];
    expect(states({ turn: 1, completed })('now')).toEqual(['train-candidates', 'prepare-next-dataset']);
  });

  test('does the stages of a turn again in the next', () => {
    const completed = [...done(0, ...diagnosis, ...rest), ...done(1, ...turn, ...weighing)];
    const of = states({ turn: 2, completed });
    expect(of('now')).toEqual(['synthesize-curriculum']);
    expect(of('ahead')).toContain('gate-candidates');
  });

  test('passes by what a run does not need', () => {
    const little = states({ status: 'finished', completed: done(0, ...diagnosis, 'write-report') });
    expect(little('passed-by')).toContain('train-candidates');
    expect(little('now')).toEqual([]);
    const completed = [...done(0, ...diagnosis, ...rest), ...done(1, ...turn, ...weighing)];
    const kept = states({ turn: 1, completed, keeps: true });
    expect(kept('passed-by')).toEqual(['promote-champion']);
    expect(kept('now')).toEqual(['final-test']);
  });

  test('ends where it failed', () => {
    const of = states({ status: 'failed', completed: done(0, 'prepare-run', 'answer-traces') });
    expect(of('failed')).toEqual(['judge-traces']);
    expect(of('now')).toEqual([]);
  });
});
