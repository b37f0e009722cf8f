import { cpus } from 'node:os';
import { basename } from 'node:path';
import type { Random } from '../../shared/ports/random.ts';
import { versions } from '../adaptft/results/write-results.ts';
import type { CellResult } from './cell-result.ts';
import { gainChart } from './gain-chart.ts';
import { markdown } from './markdown.ts';
import { writeResults, writeWhole } from './results-file.ts';
import { type Summary, summarise } from './summarise.ts';

/** Writes the JSON, and the page and the picture beside it. */
export async function writePage(
  out: string,
  results: readonly CellResult[],
  { command, random }: { command: string; random: Random },
): Promise<Summary> {
  await writeResults(out, results, random);
  const summary = summarise(results, random);
  const base = out.replace(/\.json$/, '');
  const { ratchet, commit } = await versions();
  const facts = {
    command,
    seeds: [...new Set(results.map(({ seed }) => seed))].sort((a, b) => a - b),
    machine: `${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Node ${process.version}`,
    versions: `Ratchet ${ratchet}${commit === '' ? '' : ` (${commit})`}`,
    cpuMinutes: results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / 60,
    chart: `${basename(base)}.svg`,
  };
  await writeWhole(`${base}.md`, markdown(summary, facts));
  await writeWhole(`${base}.svg`, gainChart(summary.cells));
  return summary;
}
