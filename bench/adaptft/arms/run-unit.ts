import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../../../cli/workspace.ts';
import type { Settings } from '../../../shared/domain/models/settings.ts';
import { ablations } from './ablations.ts';
import { baselines } from './baselines.ts';
import type { Prepared } from './prepared.ts';
import { runBaseline } from './run-baseline.ts';
import { runRatchet } from './run-ratchet.ts';
import type { ArmName, UnitResult } from './unit-result.ts';

/**
 * Takes one arm through all stages in a workspace of its own.
 * @param cache directory of embeddings, shared by all units
 * @param settings of the model, where they are not those of the protocol
 */
export async function runUnit(
  arm: ArmName,
  prepared: Prepared,
  cache: string,
  settings: Partial<Settings> = {},
): Promise<Pick<UnitResult, 'start' | 'stages'>> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-adaptft-'));
  await symlink(cache, join(directory, 'cache'));
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    const baseline = baselines[arm];
    if (baseline !== undefined) return await runBaseline(baseline, prepared, workspace.ports, workspace.ports.random);
    const ablation = ablations[arm];
    if (ablation === undefined) throw new Error(`there is no arm ${arm}`);
    const changed = { ...ablation, settings: { ...ablation.settings, ...settings } };
    const { start, stages } = await runRatchet(changed, prepared, workspace);
    // What triage found is reported of Ratchet as it is; for every ablation it would make most of the file.
    return { start, stages: arm === 'ratchet' ? stages : stages.map((stage) => ({ ...stage, triage: [] })) };
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}
