import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { JobBackEnd } from '../../shared/adapters/backends/jobs/job-back-ends.ts';
import type { PythonCommand } from '../../shared/adapters/backends/local-job/python.ts';
import { jsonSchema } from '../../shared/domain/base/json.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' };

/** The first that is there: the one that is named, that of all that trains, that of the jobs alone. */
const python = [
  process.env.RATCHET_TRAINING_PYTHON,
  `${project}.training/bin/python`,
  `${project}.training-tests/bin/python`,
].find((path) => path !== undefined && existsSync(path));

/** The folder of the package's tests, which make foundations of a few weights. */
export const testsFolder = `${project}training/tests`;

/** The Python of the server that speaks Tinker's API, which has PyTorch too; undefined where there is none. */
export const tinkerServer = [process.env.RATCHET_TINKER_SERVER_PYTHON, `${project}.tinker/bin/python`].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why nothing can be run; null where it can. */
export const notInstalled = python === undefined ? 'no Python for jobs: .ci/install-training --light' : null;

/** The emulator of SageMaker; undefined where there is none. */
export const motoServer = [process.env.RATCHET_MOTO_SERVER, `${project}.training-tests/bin/moto_server`].find(
  (path) => path !== undefined && existsSync(path),
);

/** Whether a package that trains is there. */
export function installed(name: string): boolean {
  if (python === undefined) return false;
  return (
    spawnSync(python, ['-c', `import importlib.util as u, sys; sys.exit(u.find_spec("${name}") is None)`]).status === 0
  );
}

/** The package with the back end of its own tests alone. */
export async function countingPython(): Promise<PythonCommand> {
  return { command: [python ?? '', `${project}training/tests/counting_jobs.py`], env };
}

/** The package as it is. */
export async function realPython(): Promise<PythonCommand> {
  const own = { RATCHET_TRAINING_PYTHON: python, PYTHONPATH: `${project}training` };
  return { command: [python ?? '', '-m', 'ratchet_training'], env: { ...env, ...own } };
}

/** What Ratchet knows of the tests' back end, which counts words. */
export const counting: JobBackEnd = {
  name: 'counting',
  trainer: {
    tasks: ['classification', 'generation'],
    cost: 'dear',
    foldModels: 2,
    configuration: jsonSchema,
    options: z.object({ foundation: z.string().default('nothing') }),
    first: () => [{ foundation: 'nothing' }],
    neighbours: () => [],
    learnsFromChampion: () => false,
  },
  otherPredictors: [],
  predictor: { tasks: ['classification', 'generation'], ranked: true, chunk: 200 },
};
