import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Random } from '../../../shared/ports/random.ts';
import type { UnitResult } from '../arms/unit-result.ts';
import { paperStages } from '../logs/make-stage.ts';
import { perturbationKinds } from '../perturbations/kinds.ts';
import { type Scenario, stageSize } from '../scenarios/scenario.ts';
import { entityPart } from './entity-part.ts';
import { markdown, type ReportFacts } from './markdown.ts';
import { overallChart } from './overall-chart.ts';
import { summarise, unitsIn } from './summarise.ts';
import type { HardSummary, Summary } from './summary.ts';
import { trajectoryChart } from './trajectory-chart.ts';
import { protocol } from './unit-files.ts';

export interface ResultRequest {
  /** The JSON file; the page and the folder of charts beside it have its name. */
  readonly out: string;
  readonly command: string;
  readonly units: readonly UnitResult[];
  /** Those that the summary is over, and those shown apart from it. */
  readonly scenarios: readonly Scenario[];
  readonly hard: readonly Scenario[];
  readonly entities: readonly Scenario[];
  readonly random: Random;
}

/**
 * Writes everything: one JSON, a page of Markdown, a chart of all scenarios and one of each. Where nothing but scenarios
 * of entities was run, the page has their part alone, and nothing is held against the targets.
 */
export async function writeResults(request: ResultRequest): Promise<Pick<Summary, 'targets'>> {
  const { out, command, units, scenarios, random } = request;
  const base = out.replace(/\.json$/, '');
  const seeds = [...new Set(units.map(({ seed }) => seed))].sort((a, b) => a - b);
  const version = await versions();
  const [cpu] = cpus();
  const machine = { cpu: cpu?.model ?? '', cores: cpus().length, load: loadavg(), node: process.version };
  const seconds = units.reduce((sum, unit) => sum + unit.stages.reduce((all, stage) => all + stage.seconds, 0), 0);
  const document = {
    benchmark: 'adaptft',
    protocol,
    command,
    seeds,
    versions: version,
    machine,
    seconds,
    stages: paperStages,
    stageSize,
    kinds: perturbationKinds,
  };
  const facts = {
    command,
    seeds,
    machine: `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    versions: `Ratchet ${version.ratchet}${version.commit === '' ? '' : ` (${version.commit})`}`,
    duration: `${(seconds / 60).toFixed(0)} minutes of stages, some side by side`,
    charts: basename(base),
  };
  const entities = entityPart(units, request.entities);
  await mkdir(dirname(out), { recursive: true });
  if (units.length > 0 && unitsIn(units, request.entities).length === units.length) {
    await writeWhole(out, `${JSON.stringify({ ...document, units })}\n`);
    await writeWhole(`${base}.md`, entityPage(entities, facts));
    return { targets: [] };
  }
  const summary = summarise(units, scenarios, random);
  const { overall, promotions, triageByScenario, scenarios: hardSummaries } = summarise(units, request.hard, random);
  const hard: HardSummary = { overall, promotions, triageByScenario, scenarios: hardSummaries };
  await writeWhole(out, `${JSON.stringify({ ...document, ...summary, hard, units })}\n`);
  await writeWhole(`${base}.md`, [markdown(summary, facts, hard), ...entities].join('\n'));
  await mkdir(base, { recursive: true });
  await writeWhole(join(base, 'overall.svg'), overallChart(summary.overall));
  const shown = [...summary.scenarios, ...hard.scenarios];
  for (const { name } of [...scenarios, ...request.hard]) {
    const own = shown.filter(({ scenario }) => scenario === name);
    if (own.length > 0) await writeWhole(join(base, `${name}.svg`), trajectoryChart(name, own));
  }
  return summary;
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}

function entityPage(part: readonly string[], { command, seeds, versions: ratchet, machine }: ReportFacts): string {
  return [
    '# AdaptFT-Bench for entities: results',
    '',
    `\`${command}\` · seeds ${seeds.join(', ')} · ${ratchet} · ${machine}`,
    '',
    'What is measured, and how: [adaptft.md](adaptft.md#entities) and [perturbations.md](perturbations.md#entities); what it says: [adaptft.md](adaptft.md#what-the-results-say).',
    ...(seeds.length === 1 ? ['', '**One seed**: an indication, no more.'] : []),
    '',
    ...part,
  ].join('\n');
}

const root = new URL('../../../', import.meta.url);

/** Ratchet's version, and the commit it was run at. */
export async function versions(): Promise<{ ratchet: string; commit: string }> {
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };
  const git = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).catch(() => null);
  return { ratchet: version, commit: git?.stdout.trim() ?? '' };
}
