import { openAiEndpointSchema } from '../../shared/adapters/backends/endpoint/endpoint-options.ts';
import { openAiPredictorFacts, sagemakerPredictorFacts } from '../../shared/adapters/backends/endpoint/facts.ts';
import { sagemakerEndpointSchema } from '../../shared/adapters/backends/endpoint/sagemaker-options.ts';
import { jobBackEnds } from '../../shared/adapters/backends/jobs/job-back-ends.ts';
import { tinkerBackEnd } from '../../shared/adapters/backends/jobs/tinker-facts.ts';
import { findPython } from '../../shared/adapters/backends/local-job/python.ts';
import { readSagemakerConfiguration } from '../../shared/composition/read-sagemaker-configuration.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { readEndpoint } from '../../shared/ports/endpoints.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Check } from '../results.ts';
import { ok, problem, thrown } from './check.ts';

export interface BackEndPorts {
  readonly lineage: Pick<LineageStore, 'getModel' | 'getControl' | 'getCheckpoint'>;
  readonly objects: ObjectStore;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Environment = BackEndPorts['env'];

/** Whether what trains a model, and what its champion answers by, is set up on this machine. Nobody is asked over the network. */
export async function checkBackEnds(
  modelId: string,
  { lineage, objects, env }: BackEndPorts,
): Promise<readonly Check[]> {
  const [model, control] = await Promise.all([lineage.getModel(modelId), lineage.getControl(modelId)]);
  if (model === undefined) return [];
  const championId = control?.championId ?? null;
  const champion = championId === null ? undefined : await lineage.getCheckpoint(modelId, championId);
  return [
    ...(await checkTrainer(`${modelId}: trainer`, model.trainer, env)),
    ...(champion === undefined ? [] : await checkAnswering(modelId, champion, objects, env)),
  ];
}

/** Nothing of a trainer that needs nothing beyond Ratchet. */
async function checkTrainer(name: string, trainer: string, env: Environment): Promise<readonly Check[]> {
  if (trainer.endsWith('-sagemaker')) {
    try {
      return [
        readSagemakerConfiguration(env.RATCHET_SAGEMAKER) === null
          ? problem(name, `${trainer}, and RATCHET_SAGEMAKER is not set`, 'Set it, as docs/back-ends.md has it.')
          : ok(name, `${trainer}, by RATCHET_SAGEMAKER`),
      ];
    } catch (error) {
      return [thrown(name, error, 'Correct RATCHET_SAGEMAKER, as docs/back-ends.md has it.')];
    }
  }
  if (!jobBackEnds.some((one) => one.name === trainer)) return [];
  return [await checkPython(name, trainer, env)];
}

async function checkPython(name: string, backEnd: string, env: Environment): Promise<Check> {
  try {
    const { command } = await findPython(env);
    return backEnd === tinkerBackEnd && (env.TINKER_API_KEY ?? '') === ''
      ? problem(name, `${backEnd}, and there is no key for Tinker`, 'Set it: export TINKER_API_KEY=tml-…')
      : ok(name, `${backEnd}, by the Python at ${command[0]}`);
  } catch (error) {
    return thrown(name, error, 'Install it: ratchet setup training');
  }
}

async function checkAnswering(
  modelId: string,
  { served, trainer }: Checkpoint,
  objects: ObjectStore,
  env: Environment,
): Promise<readonly Check[]> {
  const name = `${modelId}: ${served.predictor}`;
  if ([openAiPredictorFacts.name, sagemakerPredictorFacts.name].includes(served.predictor)) {
    return [await checkEndpoint(name, served, objects, env)];
  }
  // What trained it and answers with it is told of once.
  if (served.predictor === trainer || !jobBackEnds.some((one) => one.name === served.predictor)) return [];
  return [await checkPython(name, served.predictor, env)];
}

async function checkEndpoint(
  name: string,
  { predictor, ref }: Checkpoint['served'],
  objects: ObjectStore,
  env: Environment,
): Promise<Check> {
  try {
    const { options } = await readEndpoint(ref, objects);
    if (predictor === sagemakerPredictorFacts.name) {
      return ok(name, `the endpoint ${sagemakerEndpointSchema.parse(options).name}, not asked`);
    }
    const { model, url, keyVariable } = openAiEndpointSchema.parse(options);
    const hasKey = (env[keyVariable] ?? '').trim() !== '';
    return ok(name, `${model} at ${url}, ${hasKey ? `with the key of ${keyVariable}` : 'without a key'}, not asked`);
  } catch (error) {
    return thrown(name, error, 'Restore it from a backup, or create the model anew.');
  }
}
