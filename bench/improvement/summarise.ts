import { percent } from '../../shared/domain/base/wording.ts';
import type { SeedResult } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** A mean over seeds with its 95 % t interval. */
export interface Mean {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

export interface CycleSummary {
  readonly cycle: number;
  readonly promoted: number;
  readonly before: Mean;
  readonly after: Mean;
  /**
   * Share of the old champion's right answers out of fold that its successor loses; 0 where the champion stayed.
   */
  readonly lost: Mean;
  readonly worstLost: number;
  readonly iterations: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export interface ScenarioSummary {
  readonly scenario: string;
  readonly seeds: readonly number[];
  readonly headroom: Mean;
  readonly target: number;
  readonly allData: Mean;
  readonly cycles: readonly CycleSummary[];
}

export interface Summary {
  readonly scenarios: readonly ScenarioSummary[];
  /**
   * Cycles whose champion is worse on fresh text than the one before, by Holm's procedure over all seeds and cycles at
   * 5 %.
   */
  readonly worse: readonly string[];
  readonly tests: number;
  readonly smallestPWorse: number;
}

export function summarise(results: readonly SeedResult[], scenarios: readonly Scenario[]): Summary {
  const tests = results.flatMap((result) =>
    result.cycles
      .filter((cycle) => cycle.decision === 'promoted')
      .map((cycle) => ({ name: `${result.scenario}/${result.seed}/${cycle.cycle}`, p: cycle.pWorse })),
  );
  return {
    scenarios: scenarios.flatMap((scenario) => {
      const own = results.filter((result) => result.scenario === scenario.name).sort((a, b) => a.seed - b.seed);
      return own.length === 0 ? [] : [summariseScenario(scenario, own)];
    }),
    worse: holm(tests, 0.05),
    tests: tests.length,
    smallestPWorse: Math.min(1, ...tests.map(({ p }) => p)),
  };
}

function summariseScenario(scenario: Scenario, results: readonly SeedResult[]): ScenarioSummary {
  const numbers = [...new Set(results.flatMap((result) => result.cycles.map(({ cycle }) => cycle)))].sort();
  return {
    scenario: scenario.name,
    seeds: results.map(({ seed }) => seed),
    headroom: meanInterval(results.map(({ headroom }) => headroom)),
    target: scenario.target,
    allData: meanInterval(results.map(({ allData }) => allData)),
    cycles: numbers.map((number) => {
      const cycles = results.flatMap((result) => result.cycles.filter(({ cycle }) => cycle === number));
      const lost = cycles.map(lostShare);
      return {
        cycle: number,
        promoted: cycles.filter(({ decision }) => decision === 'promoted').length,
        before: meanInterval(cycles.map(({ before }) => before)),
        after: meanInterval(cycles.map(({ after }) => after)),
        lost: meanInterval(lost),
        worstLost: Math.max(...lost),
        iterations: mean(cycles.map(({ iterations }) => iterations)),
        wallSeconds: mean(cycles.map(({ wallSeconds }) => wallSeconds)),
        cpuSeconds: mean(cycles.map(({ cpuSeconds }) => cpuSeconds)),
      };
    }),
  };
}

/** Share of the old champion's right answers out of fold that the champion after the cycle loses. */
function lostShare({ decision, passes }: SeedResult['cycles'][number]): number {
  if (decision === 'kept' || passes === null || passes.of === 0) return 0;
  return passes.lost / passes.of;
}

/** Holm's step-down procedure (Holm 1979): the names whose hypothesis is rejected at the family-wise level α. */
export function holm(tests: readonly { readonly name: string; readonly p: number }[], alpha: number): string[] {
  const ordered = [...tests].sort((a, b) => a.p - b.p);
  const kept = ordered.findIndex(({ p }, at) => p > alpha / (ordered.length - at));
  return ordered.slice(0, kept < 0 ? ordered.length : kept).map(({ name }) => name);
}

/** 97.5 % quantiles of Student's t by degrees of freedom, from 1. */
const tQuantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const tLimit = 1.96;

/** Mean with its 95 % interval by Student's t; of one value the interval is the value. */
export function meanInterval(values: readonly number[]): Mean {
  const centre = mean(values);
  const df = values.length - 1;
  if (df < 1) return { mean: centre, lower: centre, upper: centre };
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / df;
  const half = (tQuantiles[df - 1] ?? tLimit) * Math.sqrt(variance / values.length);
  return { mean: centre, lower: centre - half, upper: centre + half };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The summary as a Markdown table. */
export function markdown(summary: Summary): string[] {
  const head = [
    'scenario',
    'cycle',
    'seeds',
    'promoted',
    'fresh before',
    'fresh after',
    'all data',
    'headroom recovered (95 %)',
    'right answers lost, out of fold (95 %)',
    'worst seed',
    'iterations',
    'run, s',
    'CPU, s',
  ];
  const rows = summary.scenarios.flatMap((scenario) =>
    scenario.cycles.map((cycle) => [
      scenario.scenario,
      String(cycle.cycle),
      String(scenario.seeds.length),
      String(cycle.promoted),
      percent(cycle.before.mean),
      percent(cycle.after.mean),
      cycle.cycle === 1 ? percent(scenario.allData.mean) : '',
      cycle.cycle === 1 ? `${interval(scenario.headroom)}, target ${percent(scenario.target)}` : '',
      interval(cycle.lost),
      percent(cycle.worstLost),
      cycle.iterations.toFixed(1),
      cycle.wallSeconds.toFixed(0),
      cycle.cpuSeconds.toFixed(0),
    ]),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    `Worse on fresh text after a promotion (exact McNemar, one-sided, Holm over ${summary.tests} promotions at 5 %): ${summary.worse.length === 0 ? 'none' : summary.worse.join(', ')}; smallest p ${summary.smallestPWorse.toPrecision(2)}.`,
  ];
}

function interval({ mean: centre, lower, upper }: Mean): string {
  return `${percent(centre)} [${percent(lower)}, ${percent(upper)}]`;
}
