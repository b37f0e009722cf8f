import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { OutOfFold } from '../../shared/domain/triage/off-domain.ts';
import type { Lineage } from './collect.ts';

/** Keeps what models said of the lineages of a draw, so that the posterior alone can be measured again in seconds. */
export async function keep(directory: string, name: string, lineages: readonly Lineage[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const packed = lineages.map(({ outOfFold, ...lineage }) => ({
    ...lineage,
    first: pack(outOfFold.first, lineage.labels),
    second: pack(outOfFold.second, lineage.labels),
  }));
  const path = join(directory, `${name}.json.gz`);
  await writeFile(`${path}.part`, gzipSync(JSON.stringify(packed), { level: 1 }));
  await rename(`${path}.part`, path);
}

type Packed = Omit<Lineage, 'outOfFold'> & { readonly first: Rows; readonly second: Rows };
type Rows = readonly (readonly [string, readonly number[]])[];

/** Null where nothing is kept under that name. */
export async function readKept(directory: string, name: string): Promise<Lineage[] | null> {
  const bytes = await readFile(join(directory, `${name}.json.gz`)).catch(() => null);
  if (bytes === null) return null;
  const packed = JSON.parse(gunzipSync(bytes).toString('utf8')) as Packed[];
  return packed.map(({ first, second, ...lineage }) => ({
    ...lineage,
    outOfFold: { first: unpack(first, lineage.labels), second: unpack(second, lineage.labels) },
  }));
}

function pack(answers: ReadonlyMap<string, OutOfFold>, labels: readonly string[]): Rows {
  return [...answers].map(([traceId, answer]) => {
    const byLabel = new Map(answer.labels.map((label, at) => [label, answer.probabilities[at] ?? 0]));
    return [traceId, labels.map((label) => Number((byLabel.get(label) ?? 0).toPrecision(5)))];
  });
}

function unpack(rows: Rows, labels: readonly string[]): Map<string, OutOfFold> {
  return new Map(rows.map(([traceId, probabilities]) => [traceId, { labels, probabilities }]));
}
