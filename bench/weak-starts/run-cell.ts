import { defaultSettings } from '../../shared/domain/models/settings.ts';
import type { Random } from '../../shared/ports/random.ts';
import { runUnit } from '../adaptft/arms/run-unit.ts';
import { sharesOf } from '../adaptft/results/triage-by-scenario.ts';
import type { Cell } from './cell.ts';
import { type CellResult, protocol } from './cell-result.ts';
import { prepareCell } from './prepare-cell.ts';

/** One run of the loop with a model's own settings, and one retraining on everything, on the same logs. */
export async function runCell(
  cell: Cell,
  seed: number,
  { data, cache, random }: { data: string; cache: string; random: Random },
): Promise<CellResult> {
  const cpu = process.cpuUsage();
  const prepared = await prepareCell(cell, seed, data, random);
  const { maxIterations } = defaultSettings;
  const { start, stages } = await runUnit('ratchet', prepared, cache, { maxIterations });
  const baseline = await runUnit('all', prepared, cache);
  const used = process.cpuUsage(cpu);
  const [stage] = stages;
  const [run] = stage?.runs ?? [];
  const [all] = baseline.stages;
  if (stage === undefined || run === undefined || all === undefined) throw new Error('nothing was run');
  return {
    protocol,
    ...cell,
    seed,
    start: start.clean,
    after: stage.scores.clean,
    all: all.scores.clean,
    run,
    triage: sharesOf(stage.triage),
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}
