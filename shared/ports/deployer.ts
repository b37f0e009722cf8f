import type { Json } from '../domain/base/json.ts';
import type { Served } from '../domain/models/served.ts';

/** What is to answer in production from now on. */
export interface Deployment {
  readonly modelId: string;
  readonly checkpointId: string;
  /** The champion's moves so far: the higher number is the newer deployment, and one number always says the same. */
  readonly move: number;
  readonly served: Served;
  readonly configuration: Json;
}

/** A model that is to be deployed, as far as a place may ask. */
export interface Deployable {
  /** Name of its trainer, with its options. */
  readonly trainer: string;
  readonly trainerOptions: Json;
}

/**
 * Brings a champion to where it answers, after a promotion and after a rollback alike. Bringing the same one again, as
 * after a call whose answer was lost, changes nothing.
 */
export interface Deployer {
  /** Why a target cannot be one now, with what can, or what to do first; null when it can. */
  problem(target: string, model: Deployable): string | null;
  /** @throws RatchetError DeployFailed when it is not certain that it is there */
  deploy(target: string, deployment: Deployment): Promise<void>;
}
