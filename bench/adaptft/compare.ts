import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf } from '../../cli/exit-codes.ts';
import { createOutput } from '../../cli/output.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type ArmName, armNames, type UnitResult } from './arms/unit-result.ts';
import { mainRivals, type Overall, summariseOverall } from './results/overall-summary.ts';
import { type Promotions, summarisePromotions } from './results/promotions-summary.ts';
import { unitsIn } from './results/summarise.ts';
import type { TriageOfScenario } from './results/summary.ts';
import { summariseTriageByScenario } from './results/triage-by-scenario.ts';
import { readUnits } from './results/unit-files.ts';
import { interval, signed } from './results/wording.ts';
import { scenarios } from './scenarios/all-scenarios.ts';
import { hardScenarios } from './scenarios/hard-scenarios.ts';

const usage = `node bench/adaptft/compare.ts [--arm ratchet] [--seeds 21,22] FILE…

Of what is finished so far, in FILE and in FILE.units, short tables for each FILE: the arm less its rivals in points on fresh
clean / noisy text, by stage and by scenario, its promotions, and Ratchet's triage; the hard scenarios stand
in tables of their own. Nothing is run, nothing is written. Rivals that a FILE
lacks are taken from the first FILE that has them, so that they need not be run again for every trial.

arms: ${armNames.join(', ')}`;

const output = createOutput(process, { json: false, debug: process.env.RATCHET_DEBUG === '1' });
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      arm: { type: 'string', default: 'ratchet' },
      seeds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const arm = armNames.find((name) => name === values.arm);
  if (values.help) await output.result({ usage }, [usage]);
  else if (arm === undefined || positionals.length === 0) {
    throw new RatchetError('InvalidInput', 'Name an arm and a file of results.', { mend: usage });
  } else {
    const seeds = values.seeds === undefined ? null : new Set(values.seeds.split(',').map(Number));
    const lines: string[] = [];
    let known: readonly UnitResult[] = [];
    for (const file of positionals) {
      const path = resolve(file);
      const all = [...(await readUnits(`${path}.units`, path)).values()];
      const units = all.filter(({ seed }) => seeds === null || seeds.has(seed));
      const rivals = mainRivals.flatMap((rival) => {
        const own = units.filter((unit) => unit.arm === rival);
        return own.length > 0 ? own : known.filter((unit) => unit.arm === rival);
      });
      known = [...known, ...rivals];
      const compared = [...units.filter((unit) => unit.arm === arm), ...rivals];
      lines.push(`${file}: ${units.length} units`, '');
      lines.push(...tables(unitsIn(compared, scenarios), unitsIn(units, scenarios), arm));
      const hard = unitsIn(compared, hardScenarios);
      if (hard.length > 0) lines.push('hard scenarios', '', ...tables(hard, unitsIn(units, hardScenarios), arm));
    }
    await output.result(lines, lines);
  }
} catch (error) {
  output.fault(error);
  process.exitCode = exitCodeOf(error);
}

/** @param own the units of the file itself, without rivals of another */
function tables(compared: readonly UnitResult[], own: readonly UnitResult[], arm: ArmName): string[] {
  return [
    ...overallTable(summariseOverall(compared, new SeededRandom(), arm)),
    '',
    ...promotionsTable(summarisePromotions(compared, arm)),
    '',
    ...triageTable(summariseTriageByScenario(own)),
    '',
  ];
}

function overallTable(overall: readonly Overall[]): string[] {
  return overall.flatMap(({ arm, rival, judge, pairs, stages, scenarios }) => [
    `${arm} less ${rival}, ${judge} judge, ${pairs} pairs`,
    ...columns([
      ...stages.map((each, at) => [`  stage ${at + 1}`, interval(each.clean, 2), interval(each.noisy, 2)]),
      ...scenarios.map((each) => [`  ${each.scenario}`, interval(each.clean, 2), interval(each.noisy, 2)]),
    ]),
  ]);
}

function promotionsTable(rows: readonly Promotions[]): string[] {
  return columns([
    ['judge', 'runs', 'promoted', 'drops', '> 0.3', 'worst', 'Holm'],
    ...rows.map(({ judge, runs, promotions, lower, farLower, worstDrop, worse }) => [
      judge ?? 'both',
      String(runs),
      String(promotions),
      shareOf(lower, promotions),
      shareOf(farLower, promotions),
      signed(-worstDrop, 2),
      String(worse.length),
    ]),
  ]);
}

function triageTable(rows: readonly TriageOfScenario[]): string[] {
  if (rows.length === 0) return [];
  return columns([
    ['triage at 25 %, then in all', 'judge', 'found', 'good lost', 'precision', 'found', 'good lost', 'precision'],
    ...rows.map(({ scenario, judge, quarter, all }) => [
      `  ${scenario}`,
      judge,
      ...[quarter, all].flatMap(({ wrongCorrectionsRemoved, goodRemoved, precision }) => [
        wrongCorrectionsRemoved.toFixed(2),
        goodRemoved.toFixed(3),
        precision.toFixed(2),
      ]),
    ]),
  ]);
}

function shareOf(count: number, of: number): string {
  return `${((100 * count) / Math.max(1, of)).toFixed(1)} %`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
