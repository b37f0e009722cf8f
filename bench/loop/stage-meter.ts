import type { StateWatcher } from '../../shared/ports/orchestrator.ts';
import type { StageFigures } from './breakdown.ts';
import type { MemoryProbe } from './memory-probe.ts';

/** Readings of clocks that only go forward, in seconds. */
export interface Clocks {
  wall(): number;
  cpu(): number;
}

/** Time when no stage works: the interpreter of the state machine. */
const idle = 'between stages';

/**
 * Takes the time of each stage while the state machine runs. At each start and end of a step, the wall and CPU time
 * since the one before is shared out evenly among the stages at work, and the peak of memory counts for each of them.
 */
export class StageMeter implements StateWatcher {
  readonly #clocks: Clocks;
  readonly #memory: MemoryProbe;
  /** Steps at work, by stage. */
  readonly #active = new Map<string, number>();
  readonly #figures = new Map<string, { items: number; seconds: number; cpuSeconds: number; peakMiB: number }>();
  #wall: number;
  #cpu: number;

  constructor(clocks: Clocks, memory: MemoryProbe) {
    this.#clocks = clocks;
    this.#memory = memory;
    this.#wall = clocks.wall();
    this.#cpu = clocks.cpu();
  }

  stateStarted(name: string): void {
    this.#mark();
    this.#active.set(name, (this.#active.get(name) ?? 0) + 1);
    this.#of(name).items += 1;
  }

  stateFinished(name: string): void {
    this.#left(name);
  }

  stateFailed(name: string): void {
    this.#left(name);
  }

  stateProgress(): void {}

  /** What has been measured up to now. */
  figures(): StageFigures[] {
    this.#mark();
    return [...this.#figures].map(([stage, figures]) => ({ stage, ...figures }));
  }

  #left(name: string): void {
    this.#mark();
    const others = (this.#active.get(name) ?? 1) - 1;
    if (others === 0) this.#active.delete(name);
    else this.#active.set(name, others);
  }

  #mark(): void {
    const wall = this.#clocks.wall();
    const cpu = this.#clocks.cpu();
    const peak = this.#memory.take();
    const stages = this.#active.size === 0 ? [idle] : [...this.#active.keys()];
    for (const stage of stages) {
      const figures = this.#of(stage);
      figures.seconds += (wall - this.#wall) / stages.length;
      figures.cpuSeconds += (cpu - this.#cpu) / stages.length;
      figures.peakMiB = Math.max(figures.peakMiB, peak);
    }
    this.#wall = wall;
    this.#cpu = cpu;
  }

  #of(stage: string) {
    const known = this.#figures.get(stage) ?? { items: 0, seconds: 0, cpuSeconds: 0, peakMiB: 0 };
    this.#figures.set(stage, known);
    return known;
  }
}
