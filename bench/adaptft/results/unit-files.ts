import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnitResult } from '../arms/unit-result.ts';

/** Changes whenever the protocol does, so that units of another one are not taken for finished. */
export const protocol = 'adaptft-encoders-6';

/** What names a unit. */
export type UnitId = Pick<UnitResult, 'scenario' | 'seed' | 'judge' | 'arm'>;

export function unitName({ scenario, seed, judge, arm }: UnitId): string {
  return `${scenario}.${seed}.${judge}.${arm}`;
}

/** Writes a finished unit whole, or not at all. */
export async function writeUnit(directory: string, unit: UnitResult): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${unitName(unit)}.json`);
  await writeFile(`${path}.tmp`, JSON.stringify(unit));
  await rename(`${path}.tmp`, path);
}

/** Finished units of this protocol: those in the directory, and those that an earlier result holds. */
export async function readUnits(directory: string, result: string): Promise<ReadonlyMap<string, UnitResult>> {
  const units: UnitResult[] = [];
  const earlier = await readFile(result, 'utf8').catch(() => null);
  if (earlier !== null) units.push(...((JSON.parse(earlier) as { units?: UnitResult[] }).units ?? []));
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    units.push(JSON.parse(await readFile(join(directory, name), 'utf8')) as UnitResult);
  }
  return new Map(units.filter((unit) => unit.protocol === protocol).map((unit) => [unitName(unit), unit]));
}
