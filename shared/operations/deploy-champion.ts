import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import type { Model } from '../domain/models/model.ts';
import { readJson, writeJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

/** What was deployed last, of a model that is. */
const deployedSchema = z.strictObject({
  version: z.literal(1),
  checkpointId: z.string(),
  move: z.int().nonnegative(),
  at: z.string(),
});

/** Why the last try to deploy failed. */
const failedSchema = z.strictObject({ version: z.literal(1), checkpointId: z.string(), said: z.string() });
const longestSaid = 400;

export type DeployPorts = Pick<Ports, 'objects' | 'lineage' | 'clock' | 'deployer'>;

function deployedKey(modelId: string): string {
  return `models/${modelId}/deployed.json`;
}

function failedKey(modelId: string): string {
  return `models/${modelId}/not-deployed.json`;
}

/** A target as people are shown it: what follows a `?` may let whoever reads it deploy there. */
export function shownTarget(target: string): string {
  return /^https?:/.test(target) ? target.replace(/[?#].*$/s, '') : target;
}

/**
 * Brings the champion of now to where the model is deployed, and writes down that it is there; nothing for a model that is
 * deployed nowhere. Where that fails, why is kept for {@link notDeployed}.
 * @returns where it is deployed; null where nothing was deployed
 * @throws RatchetError DeployFailed, which says who is champion and that it does not answer yet
 */
export async function deployChampion(modelId: string, ports: DeployPorts): Promise<string | null> {
  const model = await ports.lineage.getModel(modelId);
  if (model?.deployTo === undefined) return null;
  const { championId = null, moves = [] } = (await ports.lineage.getControl(modelId)) ?? {};
  const checkpoint = championId === null ? undefined : await ports.lineage.getCheckpoint(modelId, championId);
  if (checkpoint === undefined) return null;
  const { checkpointId, served, configuration } = checkpoint;
  const deployment = { modelId, checkpointId, move: moves.length, served, configuration };
  try {
    if (ports.deployer === undefined) throw new Error('nothing deploys here');
    await ports.deployer.deploy(model.deployTo, deployment);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const failed = { version: 1, checkpointId, said: said.slice(0, longestSaid) };
    if (ports.deployer !== undefined) await writeJson(ports.objects, failedKey(modelId), failed);
    throw new RatchetError(
      'DeployFailed',
      `${checkpointId} is the champion of ${modelId}, and is not deployed: ${said}`,
      {
        cause: error,
        mend: `See whether ${shownTarget(model.deployTo)} can be written to, then deploy it: ratchet rollback ${modelId} --to ${checkpointId} --reason deploy`,
      },
    );
  }
  const at = new Date(ports.clock.now()).toISOString();
  await writeJson(ports.objects, deployedKey(modelId), { version: 1, checkpointId, move: deployment.move, at });
  return shownTarget(model.deployTo);
}

/**
 * What a person has to know of a model whose champion is not what was deployed, a sentence; null where it is, where the
 * model is deployed nowhere, and before the first promotion.
 */
export async function notDeployed(
  { modelId, deployTo }: Model,
  ports: Pick<Ports, 'objects' | 'lineage'>,
): Promise<string | null> {
  if (deployTo === undefined) return null;
  const { championId = null, moves = [] } = (await ports.lineage.getControl(modelId)) ?? {};
  if (moves.length < 2 || championId === null) return null;
  const isKnown = (await ports.objects.get(deployedKey(modelId))) !== undefined;
  const known = isKnown ? await readJson(ports.objects, deployedKey(modelId), deployedSchema) : null;
  if (known?.checkpointId === championId) return null;
  const now = known === null ? 'nothing was deployed yet' : `${known.checkpointId} is deployed`;
  const hasFailed = (await ports.objects.get(failedKey(modelId))) !== undefined;
  const failed = hasFailed ? await readJson(ports.objects, failedKey(modelId), failedSchema) : null;
  const why = failed?.checkpointId === championId ? ` (${failed.said})` : '';
  return `${championId} is the champion, and ${now}${why}. To deploy it: ratchet rollback ${modelId} --to ${championId} --reason deploy`;
}
