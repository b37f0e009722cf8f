import { setTimeout as sleep } from 'node:timers/promises';
import { RatchetError } from '../domain/base/errors.ts';
import { type DeployPorts, deployChampion } from './deploy-champion.ts';

/** Before each further try to deploy, milliseconds. */
const waits = [1_000, 3_000];

/**
 * Deploys the champion; what fails at every try is on record afterwards, and thrown no more.
 * @param waitMs before each further try
 */
export async function deployOrRecord(
  modelId: string,
  ports: DeployPorts,
  waitMs: readonly number[] = waits,
): Promise<void> {
  for (const wait of [...waitMs, null]) {
    try {
      await deployChampion(modelId, ports);
      return;
    } catch (error) {
      if (!(error instanceof RatchetError) || error.name !== 'DeployFailed') throw error;
      if (wait !== null) await sleep(wait);
    }
  }
}
