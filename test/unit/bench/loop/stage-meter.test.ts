import { describe, expect, it } from 'vitest';
import { StageMeter } from '../../../../bench/loop/stage-meter.ts';

function clocked() {
  const now = { wall: 100, cpu: 10, peak: 50 };
  const meter = new StageMeter({ wall: () => now.wall, cpu: () => now.cpu }, { take: () => now.peak });
  const pass = (wall: number, cpu: number, peak = 50) => {
    now.wall += wall;
    now.cpu += cpu;
    now.peak = peak;
  };
  return { meter, pass };
}

describe('the meter of stages', () => {
  it('gives a stage the time between its start and its end', () => {
    const { meter, pass } = clocked();
    meter.stateStarted('prepare-run');
    pass(2, 3, 80);
    meter.stateFinished('prepare-run');
    expect(meter.figures()).toContainEqual({ stage: 'prepare-run', items: 1, seconds: 2, cpuSeconds: 3, peakMiB: 80 });
  });

  it('shares time out evenly among stages side by side, so that all add up to the run', () => {
    const { meter, pass } = clocked();
    pass(1, 1);
    meter.stateStarted('train-candidates');
    pass(4, 4);
    meter.stateStarted('train-candidates');
    meter.stateStarted('evaluate-champion');
    pass(6, 8);
    meter.stateFinished('train-candidates');
    pass(2, 2);
    meter.stateFinished('evaluate-champion');
    pass(3, 3);
    meter.stateFinished('train-candidates');
    const figures = new Map(meter.figures().map((one) => [one.stage, one]));
    expect(figures.get('train-candidates')).toMatchObject({
      items: 2,
      seconds: 4 + 3 + 1 + 3,
      cpuSeconds: 4 + 4 + 1 + 3,
    });
    expect(figures.get('evaluate-champion')).toMatchObject({ items: 1, seconds: 3 + 1, cpuSeconds: 4 + 1 });
    expect(figures.get('between stages')).toMatchObject({ items: 0, seconds: 1, cpuSeconds: 1 });
    expect([...figures.values()].reduce((sum, { seconds }) => sum + seconds, 0)).toBe(16);
  });

  it('ends the time of a stage that failed', () => {
    const { meter, pass } = clocked();
    meter.stateStarted('judge-traces');
    pass(1, 1);
    meter.stateFailed('judge-traces');
    pass(5, 0);
    expect(meter.figures().find(({ stage }) => stage === 'judge-traces')?.seconds).toBe(1);
  });
});
